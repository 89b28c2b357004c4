using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace AdvertiseX.Tests.Cli;

/// <summary>docs/json.md has the fields that the commands print, their types, and which may be null.</summary>
public sealed class JsonPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly JsonPage _page = new();
    private readonly List<string> _faults = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_command_with_json_has_its_section()
    {
        var commands = CommandTreeTests
            .All()
            .Where(each => each.Command.Options.Any(option => option.Name == "--json"))
            .Select(each => $"adx {each.Path}");

        Assert.Equal(
            commands.Order(StringComparer.Ordinal),
            _page
                .Sections.Where(section =>
                    section != "performance figures" && !section.Contains(" --", StringComparison.Ordinal)
                )
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Every_field_has_a_type_of_the_page() =>
        Assert.All(
            _page.Sections.SelectMany(section => _page.FieldsOf(section)),
            field => Assert.Contains(field.Type, new[] { "text", "integer", "number", "bool", "date", "time" })
        );

    /// <summary>A lake with what each field is for: figures that change, a damaged file, a campaign with
    /// rates.</summary>
    [Fact(Explicit = true)]
    public async Task The_fields_are_those_that_the_commands_print()
    {
        await HoldAsync("adx demo", "demo --impressions 3000 --dir {demo} --json");
        await HoldAsync("adx generate", "generate --out {feeds} --impressions 3000 --json");
        await TextAsync("reference load {feeds}/reference --lake {lake} --json");
        await HoldAsync("adx ingest --dry-run", "ingest {feeds} --lake {lake} --dry-run --json");
        WriteCut();
        await HoldAsync(
            "adx ingest",
            "ingest {feeds}/impressions {feeds}/reference --lake {lake} --json",
            "ingest {feeds}/clicks_conversions {feeds}/bid_requests --lake {lake} --json"
        );
        await HoldAsync("adx reference load", "reference load {feeds}/reference --lake {lake} --json");
        await HoldAsync("adx run", "run --lake {lake} --json", "run --lake {lake} --full --dry-run --json");
        await HoldReportsAsync();
        await HoldAsync(
            "adx what-if",
            "what-if --view-window 0 --lake {lake} --json",
            "what-if --view-window 0 --lake {lake} --by day --campaign cmp-0000 --json"
        );
        await HoldExplanationsAsync();
        await HoldAsync("adx restatements", "restatements --lake {lake} --limit 100000 --json");
        await HoldRejectsAsync();
        await HoldAsync("adx contract infer", "contract infer {feeds}/clicks_conversions/" + FirstClicks() + " --json");
        var contract = _folder.Write("clicks.json", (await TextAsync("contract show clicks_conversions")));
        await HoldAsync(
            "adx contract check",
            $"contract check {contract} --sample {{feeds}}/clicks_conversions/{FirstClicks()} --json"
        );
        await HoldAsync("adx lake tables", "lake tables --lake {lake} --json");
        await HoldAsync("adx lake history", "lake history impressions --lake {lake} --json");
        await HoldUpkeepAsync();

        Assert.True(_faults.Count == 0, string.Join('\n', _faults));
    }

    /// <summary>A compressed file that ends in the middle.</summary>
    private void WriteCut()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            for (var i = 0; i < 20_000; i++)
                gzip.Write(
                    Encoding.UTF8.GetBytes(
                        $$"""{"impression_id":"cut{{i}}","timestamp":"2024-03-01T10:00:00Z","user_id":"u","creative_id":"r"}"""
                            + "\n"
                    )
                );
        File.WriteAllBytes(_folder.At("feeds/impressions/cut.json.gz"), packed.ToArray()[..((int)packed.Length / 2)]);
    }

    private async Task HoldReportsAsync()
    {
        foreach (var report in (string[])["creatives", "sites", "devices", "geo", "segments", "audiences"])
            await HoldAsync(
                $"adx report {report}",
                $"report {report} --lake {{lake}} --json",
                $"report {report} --lake {{lake}} --by day --json",
                $"report {report} --lake {{lake}} --by week --json",
                $"report {report} --lake {{lake}} --by month --gross --json"
            );
        await HoldAsync(
            "adx report campaigns",
            "report campaigns --lake {lake} --pacing --json",
            "report campaigns --lake {lake} --by day --reach --completeness --json",
            "report campaigns --lake {lake} --by hour --json",
            "report campaigns --lake {lake} --by week --json",
            "report campaigns --lake {lake} --by month --json"
        );
        await HoldAsync("adx report funnel", "report funnel --lake {lake} --by day --json");
        await HoldAsync("adx report auctions", "report auctions --lake {lake} --by day --json");
        await HoldAsync("adx report auctions --landscape", "report auctions --landscape --lake {lake} --by day --json");
    }

    private async Task HoldExplanationsAsync()
    {
        var priced = await CellAsync(
            "select p.campaign_id, p.local_date from campaign_performance p join campaign_rates r on r.campaign_id = p.campaign_id "
                + "where r.campaign_id is not null and p.impressions > 0 order by all limit 1"
        );
        var clicked = await CellAsync(
            "select campaign_id, local_date from campaign_performance where clicks > 0 order by clicks desc, campaign_id, local_date limit 1"
        );
        await HoldAsync(
            "adx explain cell campaigns",
            $"explain cell campaigns --campaign {priced[0]} --date {priced[1]} --metric spend --lake {{lake}} --json",
            $"explain cell campaigns --campaign {clicked[0]} --date {clicked[1]} --metric roas --lake {{lake}} --json"
        );
        var conversions = await CellAsync("select string_agg(distinct conversion_id, ' ') from conversion_attribution");
        var order = await CellAsync(
            "select c.event_id, c.campaign_id, c.order_id from conversions c join conversion_attribution a on a.conversion_id = c.event_id "
                + "where c.order_id is not null and c.campaign_id is not null and a.ivt_reason is null and not a.is_duplicate_order order by all limit 1"
        );
        var refund = _folder.Write(
            "refund.csv",
            $"timestamp,user_id,campaign_id,conversion_type,order_id,revenue\n2024-05-01 10:00:00,,{order[1]},refund,{order[2]},-0.5\n"
        );
        await TextAsync($"ingest {refund} --lake {{lake}}");
        var adjustment = await CellAsync("select event_id from conversions where is_adjustment order by all limit 1");
        await HoldAsync(
            "adx explain conversion",
            [
                .. conversions[0]
                    .Split(' ')
                    .Take(20)
                    .Append(order[0])
                    .Append(adjustment[0])
                    .Select(id => $"explain conversion {id} --lake {{lake}} --json"),
            ]
        );
    }

    private async Task HoldRejectsAsync()
    {
        await HoldAsync("adx rejects list", "rejects list --lake {lake} --json");
        await HoldAsync("adx rejects list --count", "rejects list --count --lake {lake} --json");
        var fields = _page.FieldsOf("adx rejects show");
        foreach (
            var line in (await TextAsync("rejects export --lake {lake}")).Split(
                '\n',
                StringSplitOptions.RemoveEmptyEntries
            )
        )
            Hold(fields, line, "rejects export");
        HoldSeen("adx rejects show", fields);
        var offset = await CellAsync(
            "select stream_offset from rejects where feed = 'impressions' order by all limit 1"
        );
        Hold(fields, await TextAsync($"rejects show impressions {offset[0]} --lake {{lake}} --json"), "rejects show");
    }

    private async Task HoldUpkeepAsync()
    {
        // Two days of one id beyond the look-back, and small files of one day.
        foreach (var (name, day) in new[] { ("a", "2024-03-01"), ("b", "2024-03-01"), ("c", "2024-03-20") })
        {
            var id = name == "c" ? "a" : name;
            _folder.Write(
                $"{name}.json",
                $$"""{"impression_id":"{{id}}","timestamp":"{{day}}T10:00:00Z","user_id":"u","creative_id":"r"}"""
                    + "\n"
            );
            await TextAsync($"ingest {_folder.At($"{name}.json")} --lake {{kept}} --no-models");
        }

        await HoldAsync("adx lake compact", "lake compact --min-files 2 --lake {kept} --json");
        await HoldAsync("adx lake vacuum", "lake vacuum --retain-hours 0 --dry-run --lake {kept} --json");
        var file = Directory.EnumerateFiles(_folder.At("kept/impressions/event_date=2024-03-20"), "*.parquet").Single();
        var fields = _page.FieldsOf("adx lake verify");
        Hold(fields, (await CliRun.RunAsync("lake", "verify", "--lake", _folder.At("kept"), "--json")).Output, "sound");
        await using (var damaged = new FileStream(file, FileMode.Append))
            damaged.WriteByte(1);
        Hold(
            fields,
            (await CliRun.RunAsync("lake", "verify", "--lake", _folder.At("kept"), "--json")).Output,
            "damaged"
        );
        HoldSeen("adx lake verify", fields);
    }

    /// <summary>Notes where what command lines print is not what a section says, or not all of it.</summary>
    private async Task HoldAsync(string section, params string[] lines)
    {
        var fields = _page.FieldsOf(section);
        foreach (var line in lines)
            Hold(fields, await TextAsync(line), line);
        HoldSeen(section, fields);
    }

    private void Hold(List<JsonPage.Field> fields, string json, string line)
    {
        using var document = JsonDocument.Parse(json);
        _faults.AddRange(JsonPage.Faults(fields, document.RootElement).Distinct().Select(fault => $"{line}: {fault}"));
    }

    private void HoldSeen(string section, List<JsonPage.Field> fields)
    {
        var unseen = fields.Where(field => !field.WasSeen).Select(field => field.Path).ToList();
        // Of a lake that is sound these are empty.
        if (section is "adx demo")
            unseen.RemoveAll(path =>
                path.StartsWith("verify.", StringComparison.Ordinal)
                || path.StartsWith("ingest.models", StringComparison.Ordinal)
                || path.StartsWith("ingest.files.", StringComparison.Ordinal)
            );
        _faults.AddRange(unseen.Select(path => $"{section} does not print {path}"));
    }

    private async Task<string> TextAsync(string line)
    {
        string[] words =
        [
            .. line.Split(' ')
                .Select(word =>
                    word.Replace("{feeds}", _folder.At("feeds"), StringComparison.Ordinal)
                        .Replace("{lake}", _folder.At("lake"), StringComparison.Ordinal)
                        .Replace("{kept}", _folder.At("kept"), StringComparison.Ordinal)
                        .Replace("{demo}", _folder.At("demo"), StringComparison.Ordinal)
                ),
        ];
        var (code, output, error) = await CliRun.RunAsync(words);
        // The damaged file makes its ingest fail.
        Assert.True(
            code == 0
                || error.Contains("cut.json.gz", StringComparison.Ordinal)
                || output.Contains("cut.json.gz", StringComparison.Ordinal),
            $"{line}: {error}"
        );
        return output;
    }

    private async Task<string[]> CellAsync(string sql)
    {
        var (code, output, error) = await CliRun.RunAsync(
            "query",
            "--lake",
            _folder.At("lake"),
            "--format",
            "csv",
            sql
        );
        Assert.True(code == 0, error);
        return output.Split("\r\n")[1].Split(',');
    }

    private string FirstClicks() =>
        Path.GetFileName(
            Directory.EnumerateFiles(_folder.At("feeds/clicks_conversions")).Order(StringComparer.Ordinal).First()
        );
}
