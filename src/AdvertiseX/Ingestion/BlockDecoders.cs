using System.Collections.Concurrent;
using System.Diagnostics;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Enrichment;
using AdvertiseX.Events;
using AdvertiseX.Sources;
using AdvertiseX.Validation;

namespace AdvertiseX.Ingestion;

/// <summary>Decodes, validates and enriches blocks. Thread-safe; decoders go from block to block.</summary>
internal sealed class BlockDecoders(IngestEnvironment environment, Enricher enricher) : IDisposable
{
    private readonly ConcurrentDictionary<CompiledContract, ConcurrentBag<Worker>> _idle = new();

    /// <summary>Decodes a block and takes it over.</summary>
    public DecodedBlock Decode(CutBlock cut, BlockOrigin of)
    {
        var started = Stopwatch.GetTimestamp();
        var (block, end) = cut;
        var (source, context, _) = of;
        try
        {
            var idle = _idle.GetOrAdd(source.Contract, _ => []);
            if (!idle.TryTake(out var worker))
                worker = NewWorker(of);
            var decoded = worker.Decode(block, context);
            // A feed that invents names without end must not be remembered without end.
            if (worker.Rows.Record.UnmappedNames.IsPlain)
                worker.Dispose();
            else
                idle.Add(worker);
            foreach (var kind in Enum.GetValues<EventKind>())
                if (decoded.Facts[(int)kind] is { } batch)
                    enricher.Enrich(
                        kind,
                        batch,
                        kind == EventKind.Conversion && source.Contract.Source.ConversionsFromServer
                    );
            var range = new BlockRange(
                source,
                context.Stream,
                block.From,
                block.Next,
                context.ReceivedMicros,
                context.HeaderForReplay
            )
            {
                Kept = of.IsKept ? block : null,
            };
            return new DecodedBlock(range, decoded, end, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        catch
        {
            if (of.IsKept)
                block.Dispose();
            throw;
        }
        finally
        {
            if (!of.IsKept)
                block.Dispose();
        }
    }

    /// <summary>Decodes a block of a live stream that was kept once more.</summary>
    public DecodedBlock DecodeAgain(BlockRange range) =>
        Decode(
            new CutBlock(range.Kept!, new ContentMark(range.Next, null)),
            OriginOf((ILiveStream)range.Source, range.ReceivedMicros)
        );

    /// <summary>What a block of a live stream is of.</summary>
    public BlockOrigin OriginOf(ILiveStream stream, long receivedMicros) =>
        new(
            stream,
            new StreamContext(stream.Stream, receivedMicros),
            () => stream.CreateDecoder(environment.Options.Framing)
        )
        {
            IsKept = true,
        };

    public void Dispose()
    {
        foreach (var worker in _idle.Values.SelectMany(idle => idle))
            worker.Dispose();
    }

    private Worker NewWorker(BlockOrigin of) =>
        new(of.NewDecoder(), new RowWriter(of.Source.Contract, of.Context, environment.Options.Validation));

    private sealed record Worker(IBlockDecoder Decoder, RowWriter Rows) : IDisposable
    {
        public BlockRows Decode(Block block, StreamContext context)
        {
            try
            {
                Rows.SetStream(context);
                Decoder.Decode(block, Rows);
                return Rows.Finish();
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public void Dispose()
        {
            Decoder.Dispose();
            Rows.Dispose();
        }
    }
}
