using AdvertiseX.Sources;
using AdvertiseX.Validation;

namespace AdvertiseX.Staging;

/// <summary>What one commit unit took from one stream. Not thread-safe.</summary>
internal sealed class StreamTally(string stream, FileSource source, long from)
{
    public string Stream { get; } = stream;

    public FileSource Source { get; } = source;

    /// <summary>Position at which the unit's part of the stream begins.</summary>
    public long From { get; } = from;

    /// <summary>Position at which it ends, exclusive.</summary>
    public long Next { get; set; } = from;

    /// <summary>Where an unterminated last record begins; if the file grows, it is read again from there.</summary>
    public long? UnterminatedFrom { get; set; }

    /// <summary>Hash of the stream's content up to <see cref="Next"/>.</summary>
    public string ContentHash { get; set; } = "";

    /// <summary>Counts by event kind.</summary>
    public KindCounts[] Counts { get; } = [new(), new(), new(), new()];

    public Dictionary<string, long> Unmapped { get; } = new(StringComparer.Ordinal);

    public void Add(DecodedBlock block)
    {
        for (int i = 0; i < Counts.Length; i++) Counts[i].Add(block.Counts[i]);
        foreach (var (name, count) in block.Unmapped) Unmapped[name] = Unmapped.GetValueOrDefault(name) + count;
    }
}
