using AdvertiseX.Cli.Text;
using AdvertiseX.Compression;
using AdvertiseX.Events;
using AdvertiseX.Reports;
using AdvertiseX.Sources;

namespace AdvertiseX.Cli.Ingest;

/// <summary>What <c>adx ingest --dry-run</c> prints.</summary>
internal static class IngestPlan
{
    private const int SkippedShown = 20;

    /// <summary>Names skipped files and why; of many the first.</summary>
    public static void NoteSkipped(IReadOnlyCollection<SkippedFile> skipped, Terminal terminal)
    {
        foreach (var file in skipped.Take(SkippedShown))
            terminal.Note($"adx: skipped {file.Path}: {Brief(file)}");
        if (skipped.Count > SkippedShown)
            terminal.Note($"adx: skipped {skipped.Count - SkippedShown} more files");
    }

    public static void Print(SourceList sources, bool json, Terminal terminal)
    {
        if (json)
        {
            terminal.WriteJson(
                new
                {
                    Files = sources.Sources.Select(file => new
                    {
                        file.Path,
                        Feed = FeedNames.Of(file.Contract.Feed),
                        Format = FormatOf(file),
                        Compression = CompressionOf(file),
                        Contract = file.Contract.Source.Name,
                        Bytes = file.SizeBytes,
                    }),
                    Skipped = sources.Skipped.Select(file => new { file.Path, Reason = Brief(file) }),
                }
            );
            return;
        }

        var table = new TextTable("file", "feed", "format", "contract", "size") { LeftColumns = [1, 2, 3] };
        foreach (var file in sources.Sources)
        {
            var format =
                FormatOf(file) + (file.Compression == CompressionFormat.None ? "" : $", {CompressionOf(file)}");
            table.Add(
                file.Path,
                FeedNames.Of(file.Contract.Feed),
                format,
                file.Contract.Source.Name,
                Amounts.Bytes(file.SizeBytes)
            );
        }

        table.Write(terminal.Text);
        foreach (var file in sources.Skipped)
            terminal.Text.WriteLine($"skip: {TerminalText.Visible(file.Path)}: {TerminalText.Visible(Brief(file))}");
    }

    /// <summary>Why a file is skipped, without the list of what is known, which is the same for all.</summary>
    public static string Brief(SkippedFile file)
    {
        var known = file.Reason.IndexOf("; known are ", StringComparison.Ordinal);
        return known < 0 ? file.Reason : file.Reason[..known];
    }

    private static string FormatOf(FileSource file) => file.Format.ToString().ToLowerInvariant();

    private static string CompressionOf(FileSource file) => file.Compression.ToString().ToLowerInvariant();
}
