using AdvertiseX.Contracts;
using AdvertiseX.Decoding.Csv;
using AdvertiseX.Decoding.Json;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Csv;
using AdvertiseX.Framing.Json;

namespace AdvertiseX.Tests.Decoding;

/// <summary>The small contracts that text decoders are tested with, and the way through framer and decoder. Positions
/// are checked on the way: blocks follow one another without a gap, and all memory goes back.</summary>
internal static class TextFormats
{
    public static readonly CompiledContract Impressions = CompiledContract.Compile(
        new Contract
        {
            Name = "test",
            Feed = Feed.Impressions,
            Fields = Fields(
                ("event_id", ["impression_id", "id"]),
                ("creative_id", ["ad_creative_id", "creative_id", "ad.creative.id"]),
                ("campaign_id", ["campaign_id", "a_campaign_id_with_a_name_of_more_than_thirty_two_bytes"]),
                ("user_id", ["user_id", "user.id", "user"]),
                ("event_time", ["timestamp"]),
                ("page_url", ["website"]),
                ("device_type", ["device.type", "device_type"]),
                ("os", ["device.os"]),
                ("country", ["geo.country", "country"]),
                ("cost_micros", ["cost"]),
                ("is_viewable", ["viewable"]),
                ("site_id", ["imp.tagid"]),
                ("placement_id", ["imp.id", "imp"]),
                ("ad_group_id", ["targeting"])
            ),
            Explode = "imp",
        }
    );

    public static readonly IFramerFactory Json = new JsonFormat();

    public static readonly IFramerFactory Csv = new CsvFormat(Impressions);

    public static IFramerFactory CsvWithColumns(params string[] columns) =>
        new CsvFormat(CompiledContract.Compile(Impressions.Source with { CsvColumns = columns }));

    private static Dictionary<string, FieldMapping> Fields(params (string Field, string[] From)[] fields) =>
        fields.ToDictionary(f => f.Field, f => new FieldMapping { From = f.From });

    private static void Run(IFramer framer, Action<Block> decode)
    {
        long next = 0;
        while (framer.Next() is { } block)
        {
            using (block)
            {
                Assert.Equal(next, block.From);
                next = block.Next;
                decode(block);
            }
        }
    }

    private sealed class JsonFormat : IFramerFactory
    {
        public CompiledContract Contract => Impressions;

        public void Decode(Stream stream, int blockBytes, int maxRecordBytes, bool fast, RecordedEvents events)
        {
            using var framer = new JsonFramer(
                stream,
                new FramerOptions { BlockBytes = blockBytes, MaxRecordBytes = maxRecordBytes }
            );
            using var decoder = new JsonBlockDecoder(Contract, maxRecordBytes) { Fast = fast };
            Run(framer, block => decoder.DecodeInto(block, new RecordedEvents.Sink(events)));
        }
    }

    private sealed class CsvFormat(CompiledContract contract) : IFramerFactory
    {
        public CompiledContract Contract => contract;

        public void Decode(Stream stream, int blockBytes, int maxRecordBytes, bool fast, RecordedEvents events)
        {
            using var framer = new CsvFramer(
                stream,
                new FramerOptions { BlockBytes = blockBytes, MaxRecordBytes = maxRecordBytes },
                Contract
            );
            CsvBlockDecoder? decoder = null;
            Run(
                framer,
                block =>
                {
                    decoder ??= (CsvBlockDecoder)framer.CreateDecoder(Contract);
                    decoder.DecodeInto(block, new RecordedEvents.Sink(events));
                }
            );
            decoder?.Dispose();
        }
    }
}
