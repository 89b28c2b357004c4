using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Cli.Rejects;

/// <summary><c>adx rejects export</c>: rejected records as files.</summary>
internal static class RejectsExportCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create(Terminal terminal)
    {
        var lake = SharedOptions.Lake(terminal);
        var filter = new RejectFilter();
        var raw = SharedOptions.Named<bool>(
            "--raw",
            "The bytes of the records as they came: a line each (CSV under its header), to be mended and ingested again; those of Avro one after another"
        );
        var output = SharedOptions.Named<string?>("--output", "Write to this file, over what is there", "FILE");
        var command = new AdxCommand("export", "Write rejected records: one JSON object a line, or as they came.")
        {
            Examples =
            [
                ("adx rejects export --output rejects.ndjson", "all of them with reason, position and bytes"),
                (
                    "adx rejects export --raw --feed clicks_conversions --output mend.csv",
                    "lines to mend and ingest again"
                ),
            ],
        }.With([lake, .. filter.Options, raw, output]);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                using var open = await settings.OpenLakeAsync(terminal, cancellation);
                using var engine = new DuckDbEngine(settings.Engine, terminal.Clock);
                var path = parsed.GetValue(output) is { } name ? Path.GetFullPath(name) : null;
                using var target = path is null ? null : new ReplacedFile(path);
                long count = 0;
                long cut = 0;
                long missing = 0;
                using (var file = target?.Create())
                {
                    var to = file ?? terminal.Output;
                    var lines = parsed.GetValue(raw) ? new RawLines(to) : null;
                    Action<RejectedRecord> write = lines is null ? record => WriteJson(record, to) : lines.Write;
                    var order =
                        $"{filter.Where(parsed)} ORDER BY feed, header, stream, stream_offset, coalesce(stream_ordinal, 0)";
                    await RejectedRecord.VisitAsync(
                        engine,
                        open,
                        order,
                        record =>
                        {
                            write(record);
                            count++;
                            cut += record.IsCut ? 1 : 0;
                        },
                        cancellation
                    );
                    missing = lines?.Missing ?? 0;
                }

                target?.Complete();
                if (cut > 0)
                    terminal.Note(
                        $"{Amounts.Count(cut)} of {Amounts.Count(count)} records are not whole: of one that is too large the beginning is kept"
                    );
                if (missing > 0)
                    terminal.Note(
                        $"the bytes of {Amounts.Count(missing)} records are kept with rows of another reason: leave --reason out"
                    );
                if (path is not null && terminal.ErrorIsTerminal)
                    terminal.Note($"{Amounts.Count(count)} records in {path}");
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static void WriteJson(RejectedRecord record, Stream output)
    {
        output.Write(JsonSerializer.SerializeToUtf8Bytes(record.Describe(), Json));
        output.Write("\n"u8);
    }

    /// <summary>Writes records of one text format as a file of that format, whatever bytes they hold, and those of Avro
    /// as bare bytes.</summary>
    private sealed class RawLines(Stream output)
    {
        private string? _feed;
        private string? _header;
        private (string? Stream, string? Offset) _last;

        /// <summary>Rows whose record was not written, as the row with its bytes was not among those given.</summary>
        public long Missing { get; private set; }

        public void Write(RejectedRecord record)
        {
            var feed = record.Value("feed") ?? "";
            var header = record.Value("header") ?? "";
            if (_feed is null)
                Begin(feed, header);
            else if (feed != _feed)
                throw new LakeException($"rejects of {_feed} and {feed} do not fit into one file; choose with --feed");
            else if (header != _header)
                throw new LakeException(
                    "records under different headers do not fit into one file; choose with --stream"
                );
            var place = (record.Value("stream"), record.Value("stream_offset"));
            if (record.IsElsewhere)
            {
                Missing += place == _last ? 0 : 1;
                return;
            }

            _last = place;
            output.Write(record.Raw);
            if (!IsAvro(header) && !record.Raw.AsSpan().EndsWith("\n"u8))
                output.Write("\n"u8);
        }

        private void Begin(string feed, string header)
        {
            (_feed, _header) = (feed, header);
            if (header.Length == 0 || IsAvro(header))
                return;
            output.Write(Encoding.UTF8.GetBytes(header.TrimEnd('\r', '\n')));
            output.Write("\n"u8);
        }

        // Then the header is a schema in JSON.
        private static bool IsAvro(string header) => header.StartsWith('{') || header.StartsWith('[');
    }
}
