using AdvertiseX.Compression;

namespace AdvertiseX.Tests.Compression;

public class Crc32Tests
{
    [Fact]
    public void Check_value_of_the_polynomial() => Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));

    [Fact]
    public void Folding_gives_what_the_table_gives_at_every_length()
    {
        var bytes = new byte[700];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length < bytes.Length; length++)
        {
            var part = bytes.AsSpan(length % 3, Math.Min(length, bytes.Length - 2));
            Assert.Equal(~Crc32.ByTable(uint.MaxValue, part), Crc32.Of(part));
        }
    }
}
