using AdvertiseX.Generation;

namespace AdvertiseX.Tests.Generation;

/// <summary>One generated folder for many tests: small files, a change to summer time, many clicks and
/// conversions.</summary>
public sealed class GeneratedSet : IAsyncLifetime
{
    public GeneratorOptions Options { get; } =
        new()
        {
            OutputDirectory = NewFolder(),
            Impressions = 20_000,
            Seed = 42,
            Start = new DateOnly(2024, 3, 7),
            Days = 6,
            Users = 900,
            ClickRate = 0.05,
            ConversionRate = 0.3,
            ViewConversionRate = 0.005,
            MaxFileBytes = 1 << 20,
            Dirt = DirtRates.Default.Scaled(3),
        };

    public GenerationSummary Summary { get; private set; } = null!;

    internal IReadOnlyList<FeedLine> Lines { get; private set; } = [];

    internal IReadOnlyDictionary<(string File, long Offset, int Ordinal), Dictionary<string, string>> Notes
    {
        get;
        private set;
    } = new Dictionary<(string, long, int), Dictionary<string, string>>();

    public static string NewFolder() =>
        Path.Combine(Path.GetTempPath(), "adx-generation-" + Guid.NewGuid().ToString("N"));

    public async ValueTask InitializeAsync()
    {
        Summary = await FeedGenerator.GenerateAsync(Options);
        Lines = FeedLine.ReadAll(Options.OutputDirectory);
        Notes = Csv.Read(PathOf("truth/lines.csv"))
            .ToDictionary(row => (row["file"], long.Parse(row["offset"]), int.Parse(row["ordinal"])));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Options.OutputDirectory, recursive: true);
        return ValueTask.CompletedTask;
    }

    public string PathOf(string file) => Path.Combine(Options.OutputDirectory, file);

    /// <summary>The verdict of a line: what the truth lists, else accepted.</summary>
    internal string VerdictOf(FeedLine line) =>
        Notes.TryGetValue((line.File, line.Offset, 0), out var note) ? note["verdict"] : "accepted";

    internal bool IsAccepted(FeedLine line) => VerdictOf(line) is "accepted" or "late";
}
