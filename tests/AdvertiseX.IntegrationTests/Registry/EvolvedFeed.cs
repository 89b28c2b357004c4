using Avro;
using Avro.File;
using Avro.Generic;
using Newtonsoft.Json.Linq;

namespace AdvertiseX.IntegrationTests.Registry;

/// <summary>Files of bid requests as a producer with a newer schema writes them, by Apache's library.</summary>
internal static class EvolvedFeed
{
    /// <summary>Writes the records of a file into another with one field more, which has a default.</summary>
    public static void Write(string from, string to)
    {
        string old;
        using (var header = DataFileReader<GenericRecord>.OpenReader(from))
            old = header.GetMetaString("avro.schema");
        var json = JObject.Parse(old);
        ((JArray)json["fields"]!).Add(
            JObject.Parse("""{"name":"auction_type","type":"string","default":"second_price"}""")
        );
        var fresh = Schema.Parse(json.ToString());
        using var reader = DataFileReader<GenericRecord>.OpenReader(from, fresh);
        using var writer = DataFileWriter<GenericRecord>.OpenWriter(
            new GenericDatumWriter<GenericRecord>(fresh),
            to,
            Codec.CreateCodec(Codec.Type.Deflate)
        );
        while (reader.HasNext())
            writer.Append(reader.Next());
    }
}
