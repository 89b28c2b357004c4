using AdvertiseX.Cli.Ingest;
using AdvertiseX.Cli.Lake;
using AdvertiseX.Cli.Models;
using AdvertiseX.Cli.Reports;
using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Generation;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Demo;

/// <summary>What a demo shows.</summary>
internal sealed class DemoPrinter(Terminal terminal, string folder, bool json)
{
    private readonly Paint _paint = new(terminal.Colours);
    private readonly TextWriter _output = terminal.Text;

    public void Begin(bool earlier)
    {
        if (json)
            return;
        _output.WriteLine(
            _paint.Heading("AdvertiseX demo")
                + _paint.Dim($"  {folder}{(earlier ? ", replacing the demo that was there" : "")}")
        );
        EndSection();
    }

    public void Generated(GenerationSummary made)
    {
        if (json)
            return;
        Heading("1  Feeds", "a week of synthetic traffic with dirt in it, and the truth about every line");
        _output.WriteLine(
            $"   {Amounts.Count(made.FeedFiles)} files, {Amounts.Bytes(made.FeedBytes)}: impressions (JSON), clicks and conversions (CSV), bid requests (Avro)"
                + _paint.Dim($"  {Amounts.Duration(made.Elapsed)}")
        );
        EndSection();
    }

    public void Ingested(IngestReport report)
    {
        if (json)
            return;
        Heading("2  Facts", "what became of every line");
        IngestSummary.PrintCounts(report, _output, "   ");
        var reasons = Enum.GetValues<EventKind>()
            .SelectMany(kind => report.CountsOf(kind).Reasons())
            .GroupBy(reason => reason.Key)
            .Select(group => (group.Key, Count: group.Sum(reason => reason.Value)))
            .OrderByDescending(reason => reason.Count);
        _output.WriteLine();
        WriteWrapped("rejected: ", reasons.Select(reason => $"{reason.Key} {Amounts.Count(reason.Count)}"));
        _output.WriteLine(_paint.Dim($"   {IngestSummary.FilesLine(report)}"));
        EndSection();
    }

    public void Modelled(IReadOnlyList<ModelResult> models, TimeSpan elapsed)
    {
        if (json)
            return;
        Heading("3  Answers", "SQL models over the facts");
        WriteWrapped("", models.Select(model => $"{model.Model} {Amounts.Count(model.RowsWritten)} rows"));
        _output.WriteLine(_paint.Dim($"   {Amounts.Duration(elapsed)}"));
        EndSection();
    }

    public void Proven(DemoOutcome outcome)
    {
        if (json)
            return;
        Heading("4  Proof", "nothing lost, nothing doubled, and everything as the generator knows it");
        Line(
            outcome.Expected.All(each => outcome.Ingest.CountsOf(each.Kind).Conserves),
            "received = accepted + duplicate + rejected + filtered, for each kind"
        );
        Line(outcome.Verify.Holds, $"the lake agrees with its ledger: {LakeVerifyCommand.Scope(outcome.Verify)}");
        foreach (var found in outcome.Verify.Problems.Take(5))
            _output.WriteLine($"       {TerminalText.Visible($"{found}")}");
        var lines = outcome.Expected.Sum(each => each.Expected.Received);
        Line(outcome.VerdictsHold, $"verdicts of {Amounts.Count(lines)} lines add up to the truth, kind by kind");
        foreach (var finding in outcome.Truth)
        {
            var surplus =
                finding.Unexpected > 0 ? $", and {Amounts.Count(finding.Unexpected)} that the truth lacks" : "";
            Line(
                finding.Holds,
                $"{Amounts.Count(finding.Equal)} of {Amounts.Count(finding.Expected)} {finding.What}{surplus}"
            );
        }

        EndSection();
    }

    public async Task CampaignsAsync(DataLake lake, IQueryEngine engine, CancellationToken cancellation)
    {
        if (json)
            return;
        Heading("5  Campaign performance", "the ten campaigns with most impressions; conversions by last touch");
        using (
            var result = await PerformanceReport.ReadAsync(engine, lake, new PerformanceReportOptions(), cancellation)
        )
            PerformanceTable.Read(result, largest: 10).Write(_output, "   ");
        foreach (
            var note in await PerformanceReport.NotesAsync(engine, lake, new PerformanceReportOptions(), cancellation)
        )
            _output.WriteLine(_paint.Dim($"   {note}"));
        EndSection();
    }

    public void End(DemoOutcome outcome, TimeSpan elapsed)
    {
        if (json)
        {
            terminal.WriteJson(Describe(outcome, elapsed));
            return;
        }

        _output.WriteLine(
            outcome.Holds
                ? _paint.Good($"All of it holds. {Amounts.Duration(elapsed)} in all.")
                : _paint.Bad("Something above does not hold: see the lines marked ✗.")
        );
        _output.WriteLine();
        _output.WriteLine("Try next:");
        var lake = Path.Combine(folder, "lake");
        foreach (
            var command in new[]
            {
                $"{terminal.CommandName} report campaigns --lake {lake} --by day",
                $"{terminal.CommandName} query --lake {lake} \"SELECT device_type, count(*) AS n FROM impressions GROUP BY ALL ORDER BY n DESC\"",
                $"{terminal.CommandName} rejects list --lake {lake} --count",
            }
        )
            _output.WriteLine($"  {command}");
    }

    private void Heading(string text, string about)
    {
        _output.WriteLine(_paint.Heading(text) + _paint.Dim($"  {about}"));
        _output.WriteLine();
    }

    // Whoever watches sees each part as it is done.
    private void EndSection()
    {
        _output.WriteLine();
        _output.Flush();
    }

    private void Line(bool holds, string text) => _output.WriteLine($"   {_paint.Mark(holds)} {text}");

    private void WriteWrapped(string start, IEnumerable<string> items)
    {
        const int Width = 96;
        var line = start;
        foreach (var item in items)
        {
            if (line.Length + item.Length > Width)
            {
                _output.WriteLine("   " + line.TrimEnd());
                line = "";
            }

            line += item + ", ";
        }

        _output.WriteLine("   " + line.TrimEnd(' ', ','));
    }

    private static object Describe(DemoOutcome outcome, TimeSpan elapsed) =>
        new
        {
            outcome.Holds,
            Ingest = IngestJson.Of(outcome.Ingest),
            Models = ModelRefreshing.Describe(outcome.Models),
            outcome.Verify,
            outcome.Truth,
            Seconds = Math.Round(elapsed.TotalSeconds, 3),
        };
}
