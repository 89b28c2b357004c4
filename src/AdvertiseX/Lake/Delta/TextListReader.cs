using System.Text;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake.Delta;

/// <summary>Reads the lists of texts of a checkpoint, row by row. For one thread.</summary>
internal sealed class TextListReader
{
    private readonly NestedColumnReader _elements;
    private bool _more;

    public TextListReader(NestedColumnReader elements)
    {
        _elements = elements;
        _more = elements.Next();
    }

    /// <summary>The next row's list; an absent one is empty.</summary>
    public List<string> ReadRow()
    {
        var list = new List<string>();
        for (var begins = true; _more && (begins || !_elements.BeginsRow); begins = false)
        {
            if (_elements.HasValue)
                list.Add(Encoding.UTF8.GetString(_elements.Text));
            _more = _elements.Next();
        }
        return list;
    }
}
