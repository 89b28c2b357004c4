using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Sources;

namespace AdvertiseX.Bench;

/// <summary>A source of units that a bench made: their rows were never bytes, so it cannot be read again.</summary>
internal sealed class UnitSource(string name, bool isEndless) : ISource
{
    public string Name => name;

    public CompiledContract Contract { get; } = ContractFile.ShippedFor(Feed.Impressions);

    public bool IsEndless => isEndless;

    public long SizeBytes => 0;

    public ISourceReader Open(StreamStart start, FramerOptions options) =>
        throw new FileNotFoundException($"{name} was never written.");

    public ValueTask CommittedAsync(long next, CancellationToken cancellation) => ValueTask.CompletedTask;
}
