using System.Text;
using System.Text.Unicode;
using AdvertiseX.Decoding;

namespace AdvertiseX.Tests.Decoding;

public class Utf8CheckTests
{
    [Fact]
    public unsafe void Agrees_with_the_framework_on_random_bytes()
    {
        var random = new Random(11);
        var valid = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var text = Bytes(random);
            byte[] padded = [.. text, .. new byte[64]];
            fixed (byte* p = padded)
                Assert.True(Utf8.IsValid(text) == Utf8Check.IsValid(p, text.Length), Convert.ToHexString(text));
            if (Utf8.IsValid(text))
                valid++;
        }

        Assert.InRange(valid, 5_000, 45_000);
    }

    [Fact]
    public unsafe void Every_sequence_of_four_telling_bytes_is_judged_alike()
    {
        var telling = Convert.FromHexString("00417F808F909FA0BFC0C1C2DFE0E1ECEDEEEFF0F1F4F5FF");
        var text = new byte[64 + 64];
        fixed (byte* p = text)
        {
            for (var i = 0; i < 24 * 24 * 24 * 24; i++)
            {
                for (int place = 0, rest = i; place < 4; place++, rest /= 24)
                    p[60 + place] = telling[rest % 24];
                if (Utf8.IsValid(new ReadOnlySpan<byte>(p + 60, 4)) != Utf8Check.IsValid(p, 64))
                    Assert.Fail(Convert.ToHexString(text, 60, 4));
            }
        }
    }

    private static byte[] Bytes(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(60); i > 0; i--)
            text.Append(
                random.Next(6) switch
                {
                    0 => "é",
                    1 => "€",
                    2 => "😀",
                    3 => "\uD7FF\uE000",
                    _ => "ab",
                }
            );
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (bytes.Length > 0 && random.Next(2) == 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return random.Next(4) == 0 && bytes.Length > 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }
}
