using System.Text;
using AdvertiseX.Columns;

namespace AdvertiseX.Tests.Columns;

public class ColumnBatchTests
{
    private static readonly TableSchema Schema = new(
        "t",
        [
            new("n", ColumnType.Int64),
            new("flag", ColumnType.Boolean),
            new("text", ColumnType.Text),
            new("word", ColumnType.Dictionary),
        ]
    );

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Appended_batches_hold_what_their_parts_held(int seed)
    {
        var random = new Random(seed);
        using var whole = new ColumnBatch(Schema, 4);
        var expected = new List<(long? N, bool? Flag, string? Text, string? Word)>();
        for (var part = 0; part < 20; part++)
        {
            using var batch = new ColumnBatch(Schema, 1);
            for (var i = random.Next(60); i > 0; i--)
                expected.Add(AddRandomRow(batch, random));
            whole.Append(batch);
        }

        Assert.Equal(expected, Enumerable.Range(0, whole.Rows).Select(r => Read(whole, r)));
    }

    [Fact]
    public void A_cleared_row_is_null_in_every_column()
    {
        using var batch = new ColumnBatch(Schema);
        batch.Int64("n").Set(0, 1);
        batch.Boolean("flag").Set(0, 1);
        batch.Text("text").Set(0, "x"u8);
        batch.Dictionary("word").Set(0, "y"u8);
        batch.ClearRow(0);
        batch.AddRow();
        Assert.Equal((null, null, null, null), Read(batch, 0));
    }

    [Fact]
    public void A_dictionary_past_its_limit_stops_looking_up_and_loses_nothing()
    {
        using var batch = new ColumnBatch(Schema);
        for (var i = 0; i < TextDictionary.PlainLimit + 5000; i++)
        {
            batch
                .Dictionary("word")
                .Set(batch.Rows, Encoding.UTF8.GetBytes($"value-{i % (TextDictionary.PlainLimit + 1000)}"));
            batch.AddRow();
        }

        Assert.True(batch.Dictionary("word").Dictionary.IsPlain);
        for (var i = 0; i < batch.Rows; i++)
            Assert.Equal(
                $"value-{i % (TextDictionary.PlainLimit + 1000)}",
                Encoding.UTF8.GetString(batch.Dictionary("word").Get(i))
            );
    }

    private static (long? N, bool? Flag, string? Text, string? Word) AddRandomRow(ColumnBatch batch, Random random)
    {
        var row = batch.Rows;
        if (random.Next(2) == 0)
            batch.Int64("n").Set(row, random.NextInt64());
        if (random.Next(2) == 0)
            batch.Boolean("flag").Set(row, (byte)random.Next(2));
        if (random.Next(2) == 0)
            batch.Text("text").Set(row, Encoding.UTF8.GetBytes(new string('ü', random.Next(1, 40))));
        if (random.Next(2) == 0)
            batch.Dictionary("word").Set(row, Encoding.UTF8.GetBytes($"w{random.Next(5)}"));
        batch.AddRow();
        return Read(batch, row);
    }

    private static unsafe (long? N, bool? Flag, string? Text, string? Word) Read(ColumnBatch batch, int row) =>
        (
            batch["n"].IsValid(row) ? batch.Int64("n").Values[row] : null,
            batch["flag"].IsValid(row) ? batch.Boolean("flag").Values[row] != 0 : null,
            batch["text"].IsValid(row) ? Encoding.UTF8.GetString(batch.Text("text").Get(row)) : null,
            batch["word"].IsValid(row) ? Encoding.UTF8.GetString(batch.Dictionary("word").Get(row)) : null
        );
}
