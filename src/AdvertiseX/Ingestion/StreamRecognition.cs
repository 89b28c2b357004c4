using AdvertiseX.Lake;
using AdvertiseX.Sources;

namespace AdvertiseX.Ingestion;

/// <summary>
/// Tells where to go on with a source: a file by what was read of it, which its content shows
/// (<see cref="FileRecognition"/>); any other source at the position that the ledger holds for it.
/// </summary>
internal sealed class StreamRecognition(DataLake lake)
{
    private readonly UnterminatedTail _tails = new(lake);

    /// <summary>Where to go on; null when all of a file was read before.</summary>
    /// <exception cref="BrokenOffException">The file cannot be read as far as it was read before.</exception>
    /// <exception cref="IOException">The lake could not be written.</exception>
    public async Task<StreamStart?> FindStartAsync(ISource source, CancellationToken cancellation)
    {
        if (source is not FileSource file)
            return new StreamStart(source.Name, lake.Ledger.PositionOf(source.Name));
        while (true)
        {
            var recognized = await RecognizeAsync(file, cancellation);
            if (recognized.Change == FileChange.Unchanged)
                return null;
            if (recognized is not { Change: FileChange.Grown, Known.HasTail: true })
                return new StreamStart(recognized.Stream, recognized.From, recognized.Prefix);
            await _tails.ResolveAsync(file, recognized, cancellation);
        }
    }

    private async Task<RecognizedFile> RecognizeAsync(FileSource source, CancellationToken cancellation)
    {
        try
        {
            return await FileRecognition.RecognizeAsync(
                lake.Ledger,
                source.Path,
                () => SourceContent.OpenContent(source),
                cancellation
            );
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new BrokenOffException(e.Message, e);
        }
    }
}
