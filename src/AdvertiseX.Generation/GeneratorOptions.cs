using AdvertiseX.Configuration;

namespace AdvertiseX.Generation;

/// <summary>What is to be generated. The same values give the same bytes on any machine.</summary>
public sealed record GeneratorOptions
{
    /// <summary>Folder to write into; created if absent, must be empty.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>Impressions shown, before dirt adds copies.</summary>
    [Option("impressions", 1, 2_000_000_000)]
    public required long Impressions { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>First day, from midnight UTC.</summary>
    public DateOnly Start { get; init; } = new(2024, 3, 1);

    /// <summary>Days of traffic. No event lies outside.</summary>
    [Option("days", 1, 366)]
    public int Days { get; init; } = 7;

    [Option("campaigns", 4, 5_000)]
    public int Campaigns { get; init; } = 60;

    [Option("sites", 1, 100_000)]
    public int Sites { get; init; } = 400;

    /// <summary>Known users, 20 to 4,000,000; 0: one for 16 impressions, between 200 and 1,000,000.</summary>
    public int Users { get; init; }

    /// <summary>Clicks per impression.</summary>
    [Option("", 0, 0.2)]
    public double ClickRate { get; init; } = 0.01;

    /// <summary>Conversions per click.</summary>
    [Option("", 0, 1)]
    public double ConversionRate { get; init; } = 0.05;

    /// <summary>Conversions per impression without a click behind them.</summary>
    [Option("", 0, 0.1)]
    public double ViewConversionRate { get; init; } = 0.0003;

    /// <summary>Orders whose revenue, and what is taken back of it, is in another currency than their campaign's; of
    /// campaigns that are described.</summary>
    [Option("", 0, 1)]
    public double ForeignOrderRate { get; init; } = 0.02;

    /// <summary>Lost auctions per won one.</summary>
    [Option("", 0, 3)]
    public double LostAuctionRate { get; init; } = 0.2;

    [Options]
    public DirtRates Dirt { get; init; } = DirtRates.Default;

    /// <summary>Gzip the impression and event files. Compressed bytes may differ between versions of the
    /// runtime.</summary>
    public bool Gzip { get; init; }

    public BidCodec BidCodec { get; init; } = BidCodec.Snappy;

    /// <summary>A file is followed by the next one after this many uncompressed bytes.</summary>
    [Option("bytes", 64 << 10, double.PositiveInfinity)]
    public long MaxFileBytes { get; init; } = 256L << 20;

    internal int EffectiveUsers => Users > 0 ? Users : (int)Math.Clamp(Impressions / 16, 200, 1_000_000);

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">A value is not allowed; the message names it and what is
    /// allowed.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(OutputDirectory))
            throw new ArgumentException("OutputDirectory is empty; allowed: a folder");
        OptionCheck.RequireEach(this);
        if (Users != 0 && Users is < 20 or > 4_000_000)
            throw new ArgumentException($"Users is {Users}; allowed: 20 to 4000000 users, or 0");
        if (Start.Year is < 1971 or > 2090)
            throw new ArgumentException($"Start is {Start:yyyy-MM-dd}; allowed: a day of the years 1971 to 2090");
        Dirt.RequireTotal();
    }
}
