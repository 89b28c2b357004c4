namespace AdvertiseX.Generation;

/// <summary>A bid request as an Avro record.</summary>
internal sealed class BidRequestFormat(Catalogue catalogue)
{
    public const string Schema = """
        {"type":"record","name":"BidRequest","namespace":"com.advertisex.rtb","doc":"one auction offered to the exchange","fields":[
        {"name":"auction_id","type":"string"},
        {"name":"timestamp","type":{"type":"long","logicalType":"timestamp-micros"}},
        {"name":"user_id","type":["null","string"],"default":null},
        {"name":"placement_id","type":["null","string"],"default":null},
        {"name":"site_domain","type":["null","string"],"default":null},
        {"name":"campaign_id","type":["null","string"],"default":null},
        {"name":"creative_id","type":["null","string"],"default":null},
        {"name":"bid_floor","type":["null",{"type":"bytes","logicalType":"decimal","precision":12,"scale":6}],"default":null},
        {"name":"bid_price","type":["null","double"],"default":null},
        {"name":"clearing_price","type":["null","double"],"default":null},
        {"name":"currency","type":"string","default":"USD"},
        {"name":"won","type":["null","boolean"],"default":null},
        {"name":"device","type":{"type":"record","name":"Device","fields":[
        {"name":"type","type":{"type":"enum","name":"DeviceType","symbols":["UNKNOWN","MOBILE","DESKTOP","TABLET","CTV"],"default":"UNKNOWN"}},
        {"name":"os","type":["null","string"],"default":null},
        {"name":"ip","type":["null","string"],"default":null}]}},
        {"name":"geo","type":["null",{"type":"record","name":"Geo","fields":[
        {"name":"country","type":"string"},
        {"name":"region","type":["null","string"],"default":null},
        {"name":"lat","type":["null","float"],"default":null},
        {"name":"lon","type":["null","float"],"default":null}]}],"default":null},
        {"name":"categories","type":{"type":"array","items":"string"},"default":[]},
        {"name":"targeting","type":{"type":"map","values":["null","string","long","double"]},"default":{}}]}
        """;

    private readonly Utf8Buffer _address = new(64);

    /// <param name="buffer">Where to.</param>
    /// <param name="fact">The impression that the auction led to, or would have led to.</param>
    /// <param name="won">Null: the outcome is not known.</param>
    /// <param name="bid">Whether a price was offered.</param>
    /// <param name="dirt">What to spoil.</param>
    public void Append(Utf8Buffer buffer, in ImpressionFact fact, bool? won, bool bid, DirtKind dirt)
    {
        AppendHead(buffer, fact, bid, dirt);
        AppendPrices(buffer, fact, won, bid, dirt);
        var device = catalogue.DeviceOf(fact.Profile);
        buffer.AppendAvroLong(device.AvroType);
        buffer.Append(2);
        buffer.AppendAvroString(device.Os);
        _address.Truncate(0);
        catalogue.AppendAddress(_address, fact.Profile, fact.Bot);
        buffer.Append(2);
        buffer.AppendAvroString(_address.Written);
        AppendPlace(buffer, catalogue.PlaceOf(fact.Profile));
        AppendTargeting(buffer, fact);
    }

    private void AppendHead(Utf8Buffer buffer, in ImpressionFact fact, bool bid, DirtKind dirt)
    {
        if (dirt == DirtKind.MissingField)
        {
            buffer.Append(0);
        }
        else
        {
            buffer.AppendAvroLong(17);
            buffer.AppendId((byte)'a', fact.Auction);
        }

        // 2099-01-01T00:00:00Z.
        buffer.AppendAvroLong(dirt == DirtKind.Future ? 4_070_908_800_000_000 : fact.TimeMicros);
        if (fact.User == Catalogue.NoUser)
        {
            buffer.Append(0);
        }
        else
        {
            buffer.Append(2);
            buffer.AppendAvroLong(9);
            buffer.Append((byte)'u');
            buffer.AppendHex(catalogue.UserNumber(fact.User), 8);
        }

        AppendPlacement(buffer, fact.Site * 4 + fact.Placement);
        buffer.Append(2);
        buffer.AppendAvroString(catalogue.Sites[fact.Site].Domain);
        AppendOptional(buffer, bid, catalogue.Campaigns[fact.Campaign].Id);
        AppendOptional(buffer, bid, catalogue.Creatives[fact.Creative].Id);
    }

    private static void AppendPlacement(Utf8Buffer buffer, int number)
    {
        var digits = 1;
        for (var rest = number; rest >= 10; rest /= 10)
            digits++;
        buffer.Append(2);
        buffer.AppendAvroLong(digits + 1);
        buffer.Append((byte)'p');
        buffer.AppendNumber(number);
    }

    private void AppendPrices(Utf8Buffer buffer, in ImpressionFact fact, bool? won, bool bid, DirtKind dirt)
    {
        AppendDecimal(buffer, fact.FloorMicros);
        buffer.Append(bid ? (byte)2 : (byte)0);
        if (bid)
            buffer.AppendAvroDouble((dirt == DirtKind.OutOfRange ? -1_500_000 : fact.BidMicros) / 1e6);
        var cleared = won == true && fact.CostMicros >= 0;
        buffer.Append(cleared ? (byte)2 : (byte)0);
        if (cleared)
            buffer.AppendAvroDouble(fact.CostMicros / 1e3);
        buffer.AppendAvroString(catalogue.Campaigns[fact.Campaign].Currency);
        buffer.Append(won is null ? (byte)0 : (byte)2);
        if (won is { } outcome)
            buffer.Append(outcome ? (byte)1 : (byte)0);
    }

    /// <summary>Avro's decimal: the unscaled number, two's complement, big-endian, in as few bytes as hold
    /// it.</summary>
    private static void AppendDecimal(Utf8Buffer buffer, long unscaled)
    {
        var bytes = 1;
        while (unscaled >> (bytes * 8 - 1) != 0)
            bytes++;
        buffer.Append(2);
        buffer.AppendAvroLong(bytes);
        for (var shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
            buffer.Append((byte)(unscaled >> shift));
    }

    private static void AppendPlace(Utf8Buffer buffer, Place place)
    {
        buffer.Append(2);
        buffer.AppendAvroString(place.Country);
        buffer.Append(2);
        buffer.AppendAvroString(place.Region);
        buffer.Append(2);
        buffer.AppendAvroFloat(place.Latitude);
        buffer.Append(2);
        buffer.AppendAvroFloat(place.Longitude);
    }

    private static void AppendTargeting(Utf8Buffer buffer, in ImpressionFact fact)
    {
        var profile = fact.Profile;
        buffer.AppendAvroLong(2);
        buffer.AppendAvroString((profile & 1) == 0 ? "IAB12"u8 : "IAB19"u8);
        buffer.AppendAvroString("IAB3"u8);
        buffer.AppendAvroLong(0);
        if (profile % 4 != 0)
        {
            buffer.AppendAvroLong(2);
            buffer.AppendAvroString("segment"u8);
            buffer.AppendAvroLong(1);
            buffer.AppendAvroString((profile & 2) == 0 ? "sports"u8 : "travel"u8);
            buffer.AppendAvroString("frequency"u8);
            buffer.AppendAvroLong(2);
            buffer.AppendAvroLong(profile >> 28);
        }

        buffer.AppendAvroLong(0);
    }

    private static void AppendOptional(Utf8Buffer buffer, bool given, ReadOnlySpan<byte> text)
    {
        buffer.Append(given ? (byte)2 : (byte)0);
        if (given)
            buffer.AppendAvroString(text);
    }
}
