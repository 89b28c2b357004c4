using System.Runtime.CompilerServices;

namespace AdvertiseX.Parquet;

/// <summary>Definition levels of a flat optional column (1 = value, 0 = null), as RLE hybrid of width 1.</summary>
internal static unsafe partial class DefinitionLevels
{
    private const int WordRows = 64;

    /// <summary>Words of 64 equal levels from which a run is shorter than the bits.</summary>
    private const int WorthwhileWords = 1;

    /// <summary>Appends <paramref name="rows"/> equal levels.</summary>
    public static void EncodeUniform(bool valid, int rows, EncodeBuffer output)
    {
        output.AppendVarint((ulong)rows << 1);
        output.AppendByte(valid ? (byte)1 : (byte)0);
    }

    /// <summary>Appends levels from one byte a row; 31 bytes past the last must be readable.</summary>
    public static void Encode(byte* valid, int rows, EncodeBuffer bits, EncodeBuffer output)
    {
        var words = (rows + WordRows - 1) / WordRows;
        bits.Clear();
        var word = (ulong*)bits.Reserve((words + 1L) * sizeof(ulong));
        if (words > 0)
            word[words - 1] = 0;
        BitPacking.PackFlags(valid, rows, (byte*)word);
        var literal = 0;
        for (var w = 0; w < words; )
        {
            var run = UniformWords(word, w, rows / WordRows);
            if (run < WorthwhileWords)
            {
                w++;
                continue;
            }

            PutLiteral(word, literal, w, rows, output);
            EncodeUniform(word[w] != 0, run * WordRows, output);
            w += run;
            literal = w;
        }

        PutLiteral(word, literal, words, rows, output);
    }

    private static int UniformWords(ulong* word, int w, int fullWords)
    {
        if (w >= fullWords || (word[w] != 0 && word[w] != ulong.MaxValue))
            return 0;
        var end = w + 1;
        while (end < fullWords && word[end] == word[w])
            end++;
        return end - w;
    }

    private static void PutLiteral(ulong* word, int from, int until, int rows, EncodeBuffer output)
    {
        if (from == until)
            return;
        var levels = Math.Min(until * WordRows, rows) - (from * WordRows);
        var groups = (levels + 7) / 8;
        output.AppendVarint(((ulong)groups << 1) | 1);
        Unsafe.CopyBlockUnaligned(output.Reserve(groups), word + from, (uint)groups);
        output.Advance(groups);
    }
}
