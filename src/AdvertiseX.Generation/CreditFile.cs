using System.Globalization;
using System.Text;

namespace AdvertiseX.Generation;

/// <summary>Writes <c>truth/credits.csv</c>: a row for each touch of each conversion, with its share under every
/// model.</summary>
internal sealed class CreditFile(string root) : IDisposable
{
    private readonly LineFile _file = new(
        root,
        _ => "truth/credits.csv",
        Encoding.UTF8.GetBytes(
            "conversion_id,position,touches,touch_kind,touch_id,"
                + string.Join(',', Credit.Names.Select(name => $"{name}_millionths,{name}_revenue_micros"))
                + "\n"
        ),
        long.MaxValue,
        gzip: false
    );

    /// <param name="fact">The conversion, or the adjustment of one.</param>
    /// <param name="touches">The eligible touches of the conversion, first to last; may be empty.</param>
    /// <param name="conversionMicros">Time of the conversion.</param>
    /// <param name="millionths">Credit that is divided.</param>
    public void Add(in ActionFact fact, IReadOnlyList<Touch> touches, long conversionMicros, long millionths)
    {
        var ages = new long[touches.Count];
        for (var i = 0; i < ages.Length; i++)
            ages[i] = conversionMicros - touches[i].TimeMicros;
        var credits = new long[Credit.Models][];
        var revenues = new long[]?[Credit.Models];
        for (var model = 0; model < Credit.Models && ages.Length > 0; model++)
        {
            var weights = Credit.Weights(model, ages);
            credits[model] = Credit.Divide(millionths, weights);
            revenues[model] = fact.RevenueMicros is { } revenue ? Credit.Divide(revenue, weights) : null;
        }

        for (var i = 0; i < ages.Length; i++)
        {
            var buffer = _file.Begin(1024);
            buffer.AppendId((byte)'v', fact.Id);
            buffer.Append(
                Encoding.UTF8.GetBytes(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $",{i + 1},{ages.Length},{(touches[i].Kind == TouchKind.Click ? "click" : "view")},"
                    )
                )
            );
            buffer.AppendId(touches[i].Letter, touches[i].Id);
            for (var model = 0; model < Credit.Models; model++)
            {
                buffer.Append((byte)',');
                buffer.AppendNumber(credits[model][i]);
                buffer.Append((byte)',');
                if (revenues[model] is { } parts)
                    buffer.AppendNumber(parts[i]);
            }

            buffer.Append((byte)'\n');
            _file.Commit();
        }
    }

    public void Dispose() => _file.Dispose();
}
