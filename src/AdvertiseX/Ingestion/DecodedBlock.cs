using AdvertiseX.Sources;
using AdvertiseX.Validation;

namespace AdvertiseX.Ingestion;

/// <summary>A block after decoding, in the order of its stream. Whoever takes it owns the rows, and the bytes
/// that were kept.</summary>
/// <param name="Range">Where it came from.</param>
/// <param name="Rows">Its rows, rejects and counts.</param>
/// <param name="End">The stream's state after it.</param>
/// <param name="Seconds">Seconds that decoding took.</param>
internal sealed record DecodedBlock(BlockRange Range, BlockRows Rows, ContentMark End, double Seconds) : IDisposable
{
    public void Dispose()
    {
        Rows.Dispose();
        Range.Kept?.Dispose();
    }
}
