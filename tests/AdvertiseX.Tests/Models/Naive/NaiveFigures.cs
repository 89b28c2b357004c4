using System.Globalization;

namespace AdvertiseX.Tests.Models.Naive;

/// <summary>One row's sums, by the names of docs/terms.md; a sum that nothing was added to is 0.</summary>
internal sealed class NaiveFigures(IReadOnlyDictionary<string, int> places)
{
    private readonly long[] _sums = new long[places.Count];

    public static IReadOnlyDictionary<string, int> Named(IReadOnlyList<string> names) =>
        names.Select((name, i) => (name, i)).ToDictionary(each => each.name, each => each.i);

    public long this[string name]
    {
        get => _sums[places[name]];
        set => _sums[places[name]] = value;
    }

    public string Text(string name) => this[name].ToString(CultureInfo.InvariantCulture);
}
