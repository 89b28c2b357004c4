using System.Globalization;
using AdvertiseX.Configuration;

namespace AdvertiseX.Generation;

/// <summary>
/// How much of each feed is spoiled, as fractions of its lines. A line gets at most one kind of dirt; kinds that a
/// format cannot carry (a broken line in Avro) leave the line clean.
/// </summary>
public sealed record DirtRates
{
    private const double MostOfAKind = 0.5;
    private const double MostOfAll = 0.9;

    /// <summary>A line comes again, byte for byte, soon or up to six days later.</summary>
    [Option("", 0, MostOfAKind)]
    public double ExactDuplicate { get; init; } = 0.005;

    /// <summary>An id comes again with another payload.</summary>
    [Option("", 0, MostOfAKind)]
    public double ConflictingDuplicate { get; init; } = 0.0005;

    /// <summary>A line is written hours to two days after its time.</summary>
    [Option("", 0, MostOfAKind)]
    public double Late { get; init; } = 0.004;

    /// <summary>JSON cut off; CSV rows with too few or too many fields.</summary>
    [Option("", 0, MostOfAKind)]
    public double Broken { get; init; } = 0.001;

    /// <summary>No time in JSON and CSV, no auction in bid requests.</summary>
    [Option("", 0, MostOfAKind)]
    public double MissingField { get; init; } = 0.0005;

    /// <summary>A time that is none.</summary>
    [Option("", 0, MostOfAKind)]
    public double BadTime { get; init; } = 0.0005;

    /// <summary>A time in the year 2099.</summary>
    [Option("", 0, MostOfAKind)]
    public double Future { get; init; } = 0.0003;

    /// <summary>A negative cost or bid.</summary>
    [Option("", 0, MostOfAKind)]
    public double OutOfRange { get; init; } = 0.0004;

    /// <summary>A click or conversion whose kind is empty, <c>impression</c> or the like.</summary>
    [Option("", 0, MostOfAKind)]
    public double UnknownKind { get; init; } = 0.001;

    /// <summary>Text where an amount belongs.</summary>
    [Option("", 0, MostOfAKind)]
    public double BadType { get; init; } = 0.0005;

    /// <summary>One more file of bid requests, with a block of rubbish and a wrong last sync marker.</summary>
    public bool DamagedAvro { get; init; } = true;

    /// <summary>The last row of each CSV file opens a quote that never closes.</summary>
    public bool UnclosedQuote { get; init; } = true;

    /// <summary>About 1.3 % of the lines.</summary>
    public static DirtRates Default { get; } = new();

    /// <summary>Nothing spoiled.</summary>
    public static DirtRates None { get; } = Default.Scaled(0) with { DamagedAvro = false, UnclosedQuote = false };

    /// <summary>The sum of all rates.</summary>
    public double Total =>
        ExactDuplicate
        + ConflictingDuplicate
        + Late
        + Broken
        + MissingField
        + BadTime
        + Future
        + OutOfRange
        + UnknownKind
        + BadType;

    /// <summary>The same mixture, <paramref name="factor"/> times as much.</summary>
    public DirtRates Scaled(double factor) =>
        this with
        {
            ExactDuplicate = ExactDuplicate * factor,
            ConflictingDuplicate = ConflictingDuplicate * factor,
            Late = Late * factor,
            Broken = Broken * factor,
            MissingField = MissingField * factor,
            BadTime = BadTime * factor,
            Future = Future * factor,
            OutOfRange = OutOfRange * factor,
            UnknownKind = UnknownKind * factor,
            BadType = BadType * factor,
        };

    /// <summary>
    /// Reads <c>none</c>, <c>default</c>, one number (the total, in the default mixture), or a list such as
    /// <c>duplicate=0.01,late=0.02</c>; what the list leaves out is 0.
    /// </summary>
    /// <exception cref="ArgumentException">Anything else; the message names the key, the value and what is
    /// allowed.</exception>
    public static DirtRates Parse(string text)
    {
        if (text is "none" or "0")
            return None;
        if (text is "default")
            return Default;
        if (double.TryParse(text, CultureInfo.InvariantCulture, out var total))
        {
            if (total is not (>= 0 and <= MostOfAKind))
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"dirt is {text}; allowed: 0 to {MostOfAKind}")
                );
            return Default.Scaled(total / Default.Total);
        }

        return text.Split(',').Aggregate(None, With);
    }

    /// <exception cref="ArgumentException">The rates together leave too few lines.</exception>
    internal void RequireTotal()
    {
        if (Total > MostOfAll)
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"all rates of dirt together are {Total}; allowed: 0 to {MostOfAll}"
                )
            );
    }

    private static DirtRates With(DirtRates rates, string pair)
    {
        var parts = pair.Split('=', 2, StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || !double.TryParse(parts[1], CultureInfo.InvariantCulture, out var rate))
            throw new ArgumentException($"dirt holds '{pair}'; allowed is a list of name=fraction, a total, or none.");
        return parts[0] switch
        {
            "duplicate" => rates with { ExactDuplicate = rate },
            "conflicting" => rates with { ConflictingDuplicate = rate },
            "late" => rates with { Late = rate },
            "broken" => rates with { Broken = rate },
            "missing" => rates with { MissingField = rate },
            "bad-time" => rates with { BadTime = rate },
            "future" => rates with { Future = rate },
            "range" => rates with { OutOfRange = rate },
            "kind" => rates with { UnknownKind = rate },
            "type" => rates with { BadType = rate },
            "damaged-avro" => rates with { DamagedAvro = rate > 0 },
            "unclosed-quote" => rates with { UnclosedQuote = rate > 0 },
            _ => throw new ArgumentException(
                $"dirt names '{parts[0]}'; allowed are duplicate, conflicting, late, "
                    + "broken, missing, bad-time, future, range, kind, type, damaged-avro, unclosed-quote."
            ),
        };
    }
}
