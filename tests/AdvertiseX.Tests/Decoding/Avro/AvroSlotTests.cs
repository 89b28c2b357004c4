using AdvertiseX.Events;
using AdvertiseX.Framing;

namespace AdvertiseX.Tests.Decoding.Avro;

public class AvroSlotTests
{
    private const string Geo =
        """{"type":"record","name":"Geo","fields":[{"name":"Country","type":"string"},{"name":"lat","type":"float"}]}""";

    [Fact]
    public void Array_of_one_record_is_looked_through_and_of_two_is_kept_as_json()
    {
        var schema =
            $$$"""{"type":"record","name":"R","fields":[{"name":"geo","type":{"type":"array","items":{{{Geo}}}}}]}""";
        var one = new AvroBytes().Long(1).Text("DE").Float(0.5f).Long(0).ToArray();
        var sized = new AvroBytes().Long(-1).Long(7).Text("FR").Float(0.5f).Long(0).ToArray();
        var two = new AvroBytes().Long(2).Text("DE").Float(0.5f).Text("FR").Float(1).Long(0).ToArray();
        var none = new AvroBytes().Long(0).ToArray();
        using var found = AvroDecoding.Decode(
            AvroBytes.File(schema, "null", (4, [.. one, .. sized, .. two, .. none])),
            AvroDecoding.Contract("""{"event_time":{"from":["t"]},"country":{"from":["geo.country"]}}""")
        );
        Assert.Empty(found.Rejects);
        Assert.Equal(["country='DE'", "+geo.lat=0.5"], found.Rows[0]);
        Assert.Equal(["country='FR'", "+geo.lat=0.5"], found.Rows[1]);
        Assert.Equal(["""+geo=[{"Country":"DE","lat":0.5},{"Country":"FR","lat":1}]"""], found.Rows[2]);
        Assert.Empty(found.Rows[3]);
    }

    [Fact]
    public void Exploding_array_makes_a_row_of_each_item_with_what_stands_before_and_behind_it()
    {
        const string schema = """
            {"type":"record","name":"R","fields":[{"name":"id","type":"string"},
             {"name":"imp","type":["null",{"type":"array","items":{"type":"record","name":"Imp","fields":[
               {"name":"tagid","type":"string"},{"name":"bidfloor","type":"double"},{"name":"w","type":["null","int"]}]}}]},
             {"name":"domain","type":"string"}]}
            """;
        var two = new AvroBytes()
            .Text("r1")
            .Long(1)
            .Long(1)
            .Text("t1")
            .Double(0.5)
            .Long(1)
            .Long(300)
            .Long(1)
            .Text("t2")
            .Double(0.25)
            .Long(0)
            .Long(0)
            .Text("d")
            .ToArray();
        var none = new AvroBytes().Text("r2").Long(1).Long(0).Text("e").ToArray();
        var absent = new AvroBytes().Text("r3").Long(0).Text("f").ToArray();
        var contract = AvroDecoding.Contract(
            """
            {"event_time":{"from":["t"]},"auction_id":{"from":["id"]},"placement_id":{"from":["imp.tagid"]},
             "floor_cpm_micros":{"from":["imp.bidfloor"]},"domain":{"from":["domain"]}}
            """,
            "imp"
        );
        using var found = AvroDecoding.Decode(
            AvroBytes.File(schema, "null", (3, [.. two, .. none, .. absent])),
            contract
        );
        Assert.Equal(
            [
                "auction_id='r1' placement_id='t1' floor_cpm_micros=0.5 domain='d' +imp.w=300",
                "auction_id='r1' placement_id='t2' floor_cpm_micros=0.25 domain='d'",
                "auction_id='r2' domain='e'",
                "auction_id='r3' domain='f'",
            ],
            found.Rows.Select(r => string.Join(' ', r))
        );
        Assert.Equal([0, 1, 2, 3], found.Places.Select(p => p.Ordinal));
    }

    [Fact]
    public void Map_in_place_of_a_record_is_looked_up_by_key()
    {
        const string schema =
            """{"type":"record","name":"R","fields":[{"name":"device","type":{"type":"map","values":["null","string","long"]}}]}""";
        var datum = new AvroBytes()
            .Long(3)
            .Text("TYPE")
            .Long(1)
            .Text("phone")
            .Text("model")
            .Long(2)
            .Long(9)
            .Text("x")
            .Long(0)
            .Long(0)
            .ToArray();
        using var found = AvroDecoding.Decode(
            AvroBytes.File(schema, "null", (1, datum)),
            AvroDecoding.Contract("""{"event_time":{"from":["t"]},"device_type":{"from":["device.type"]}}""")
        );
        Assert.Equal(["device_type='phone'", "+device.model=9"], found.Rows[0]);
    }

    [Fact]
    public void Bad_text_costs_its_record_alone_and_names_the_field()
    {
        const string schema =
            """{"type":"record","name":"R","fields":[{"name":"a","type":"string"},{"name":"domain","type":"string"}]}""";
        var good = new AvroBytes().Text("1").Text("x").ToArray();
        var bad = new AvroBytes().Text("2").Bytes([0xC3, 0x28]).ToArray();
        using var found = AvroDecoding.Decode(
            AvroBytes.File(schema, "null", (3, [.. good, .. bad, .. good])),
            AvroDecoding.Contract("""{"event_time":{"from":["t"]},"domain":{"from":["domain"]}}""")
        );
        Assert.Equal(2, found.Rows.Count);
        var reject = Assert.Single(found.Rejects);
        Assert.Equal((RejectReason.Unparseable, "domain", 1), (reject.Reason, reject.Field, reject.Ordinal));
        var counts = new Dictionary<string, long>();
        found.Record.TakeUnmappedCounts(counts);
        Assert.Equal(2, counts["a"]);
    }

    [Fact]
    public void Record_longer_than_the_limit_is_too_large()
    {
        const string schema = """{"type":"record","name":"R","fields":[{"name":"domain","type":"string"}]}""";
        var data = new AvroBytes().Text("a").Text(new string('x', 3000)).Text("b").ToArray();
        using var found = AvroDecoding.Decode(
            AvroBytes.File(schema, "null", (3, data)),
            AvroDecoding.Contract("""{"event_time":{"from":["t"]},"domain":{"from":["domain"]}}"""),
            new FramerOptions { MaxRecordBytes = 1024 }
        );
        Assert.Equal(["domain='a'", "domain='b'"], found.Rows.SelectMany(r => r));
        Assert.Equal(RejectReason.TooLarge, Assert.Single(found.Rejects).Reason);
    }
}
