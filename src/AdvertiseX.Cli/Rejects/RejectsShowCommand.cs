using System.CommandLine;
using System.Globalization;
using System.Text;
using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Cli.Rejects;

/// <summary><c>adx rejects show STREAM OFFSET</c>: one record with its bytes.</summary>
internal static class RejectsShowCommand
{
    public static Command Create(Terminal terminal)
    {
        var stream = new Argument<string>("STREAM")
        {
            Description = "Name of the stream or a part of it (its file's name will do)",
        };
        var offset = new Argument<long>("OFFSET") { Description = "Offset of the record, as rejects list shows it" };
        var ordinal = SharedOptions.Named<int?>("--ordinal", "Which record at that offset, if there are several", "N");
        var lake = SharedOptions.Lake(terminal);
        var json = SharedOptions.Json("Print one JSON array");
        var command = new AdxCommand("show", "Show a rejected record with its bytes.")
        {
            Examples = [("adx rejects show impressions-0001.ndjson 182", "the record at byte 182 of that file")],
        }.With(stream, offset, ordinal, lake, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                var where =
                    $"contains(stream, {SqlDialect.DuckDb.Text(parsed.GetValue(stream)!)}) AND stream_offset = {RejectFilter.Number(parsed.GetValue(offset))}"
                    + (
                        parsed.GetValue(ordinal) is { } one
                            ? $" AND coalesce(stream_ordinal, 0) = {RejectFilter.Number(one)}"
                            : ""
                    );
                using var open = await settings.OpenLakeAsync(terminal, cancellation);
                using var engine = new DuckDbEngine(settings.Engine, terminal.Clock);
                var found = await RejectedRecord.ReadAsync(
                    engine,
                    open,
                    where,
                    "ORDER BY stream, coalesce(stream_ordinal, 0) LIMIT 100",
                    cancellation
                );
                if (found.Count == 0)
                    throw new LakeException("no rejected record is there; adx rejects list shows where they are");
                if (parsed.GetValue(json))
                    terminal.WriteJson(found.Select(record => record.Describe()));
                else
                    foreach (var record in found)
                        Print(record, terminal.Text);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static void Print(RejectedRecord record, TextWriter output)
    {
        foreach (var (name, value) in record.Fields)
            output.WriteLine($"{name, -15} {TerminalSafe(value)}");
        output.WriteLine();
        if (record.IsElsewhere)
            return;
        output.WriteLine(record.Text is { } line ? TerminalSafe(line, keepLines: true) : Dump(record.Raw));
        output.WriteLine();
    }

    // Bytes of others must not steer this terminal.
    private static string TerminalSafe(string text, bool keepLines = false)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var plain = !Rune.IsControl(rune) || (keepLines && rune.Value is '\n' or '\t');
            safe.Append(plain ? rune.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"));
        }

        return safe.ToString();
    }

    private static string Dump(byte[] raw)
    {
        var lines = raw.Chunk(32)
            .Take(64)
            .Select((chunk, index) => $"{index * 32:x6}  {Convert.ToHexStringLower(chunk)}");
        return string.Join('\n', lines) + (raw.Length > 2048 ? $"\n… {raw.Length - 2048} more bytes" : "");
    }
}
