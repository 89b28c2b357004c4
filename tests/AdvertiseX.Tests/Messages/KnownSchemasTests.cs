using System.Text;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Generation;
using AdvertiseX.Messages;

namespace AdvertiseX.Tests.Messages;

public sealed class KnownSchemasTests
{
    [Fact]
    public void The_bid_requests_that_the_generator_makes_are_known_without_a_registry()
    {
        var schema = AvroSchema.Parse(Encoding.UTF8.GetBytes(BidRequestFormat.Schema));

        var known = KnownSchemas.Shipped.Find(new AvroSchemaKey(IsFingerprint: true, schema.Fingerprint));

        Assert.Equal(BidRequestFormat.Schema, Encoding.UTF8.GetString(known!.Json.Span).TrimEnd());
    }
}
