namespace AdvertiseX.Generation;

/// <summary>What is to be generated. The same values give the same bytes on any machine.</summary>
public sealed record GeneratorOptions
{
    /// <summary>Folder to write into; created if absent, must be empty.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>Impressions shown, before dirt adds copies: 1 to 2,000,000,000.</summary>
    public required long Impressions { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>First day, from midnight UTC.</summary>
    public DateOnly Start { get; init; } = new(2024, 3, 1);

    /// <summary>Days of traffic, 1 to 366. No event lies outside.</summary>
    public int Days { get; init; } = 7;

    /// <summary>4 to 5,000.</summary>
    public int Campaigns { get; init; } = 60;

    /// <summary>1 to 100,000.</summary>
    public int Sites { get; init; } = 400;

    /// <summary>Known users, 20 to 4,000,000; 0: one for 16 impressions, between 200 and 1,000,000.</summary>
    public int Users { get; init; }

    /// <summary>Clicks per impression, 0 to 0.2.</summary>
    public double ClickRate { get; init; } = 0.01;

    /// <summary>Conversions per click, 0 to 1.</summary>
    public double ConversionRate { get; init; } = 0.05;

    /// <summary>Conversions per impression without a click behind them, 0 to 0.1.</summary>
    public double ViewConversionRate { get; init; } = 0.0003;

    /// <summary>Lost auctions per won one, 0 to 3.</summary>
    public double LostAuctionRate { get; init; } = 0.2;

    public DirtRates Dirt { get; init; } = DirtRates.Default;

    /// <summary>Gzip the impression and event files. Compressed bytes may differ between versions of the runtime.</summary>
    public bool Gzip { get; init; }

    public BidCodec BidCodec { get; init; } = BidCodec.Snappy;

    /// <summary>A file is followed by the next one after this many uncompressed bytes; at least 64 KiB.</summary>
    public long MaxFileBytes { get; init; } = 256L << 20;

    internal int EffectiveUsers => Users > 0 ? Users : (int)Math.Clamp(Impressions / 16, 200, 1_000_000);

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names key, value and range.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(OutputDirectory))
            throw new ArgumentException("OutputDirectory is empty; a folder's path is needed.");
        Check(nameof(Impressions), Impressions, 1, 2_000_000_000);
        Check(nameof(Days), Days, 1, 366);
        Check(nameof(Campaigns), Campaigns, 4, 5_000);
        Check(nameof(Sites), Sites, 1, 100_000);
        Check(nameof(Users), EffectiveUsers, 20, 4_000_000);
        Check(nameof(ClickRate), ClickRate, 0, 0.2);
        Check(nameof(ConversionRate), ConversionRate, 0, 1);
        Check(nameof(ViewConversionRate), ViewConversionRate, 0, 0.1);
        Check(nameof(LostAuctionRate), LostAuctionRate, 0, 3);
        Check(nameof(MaxFileBytes), MaxFileBytes, 64 << 10, long.MaxValue);
        if (Start.Year is < 1971 or > 2090)
            throw new ArgumentException($"Start is {Start:yyyy-MM-dd}; allowed are years 1971 to 2090.");
        Dirt.Validate();
    }

    internal static void Check(string key, double value, double from, double to)
    {
        if (!(value >= from && value <= to))
            throw new ArgumentException($"{key} is {value}; allowed is {from} to {to}.");
    }
}
