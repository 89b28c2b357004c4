using AdvertiseX.Columns;

namespace AdvertiseX.Tests.Columns;

public unsafe class TextDictionaryTests
{
    // The hash is the caller's: with one and the same for all, only the bytes tell texts apart.
    private const ulong OneHash = 7;

    [Fact]
    public void Texts_of_one_hash_and_length_are_told_by_each_of_their_bytes()
    {
        for (var length = 1; length <= 70; length++)
        {
            using var dictionary = new TextDictionary();
            var text = Enumerable.Range(0, length).Select(i => (byte)('a' + (i % 26))).ToArray();
            Assert.Equal(1, CodeOf(dictionary, text));
            for (var changed = 0; changed < length; changed++)
            {
                var other = (byte[])text.Clone();
                other[changed] ^= 0x20;
                Assert.Equal(changed + 2, CodeOf(dictionary, other));
                Assert.Equal(changed + 2, CodeOf(dictionary, other));
            }

            Assert.Equal(1, CodeOf(dictionary, text));
        }
    }

    private static int CodeOf(TextDictionary dictionary, byte[] text)
    {
        fixed (byte* p = text)
            return dictionary.CodeOf(p, text.Length, OneHash);
    }
}
