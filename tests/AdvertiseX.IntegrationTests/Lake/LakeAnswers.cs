using System.Text;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Reports;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>What two lakes of the same events must agree on: the events, and every row of every mart.</summary>
internal static class LakeAnswers
{
    /// <summary>Fails unless the facts have the same events and the marts the same rows.</summary>
    public static async Task AssertEqualAsync(string expected, string actual)
    {
        using var calm = await DataLake.OpenAsync(expected);
        using var other = await DataLake.OpenAsync(actual);
        var differ = new List<string>();
        foreach (var question in Questions(calm))
        {
            var (before, after) = (await ReadAsync(calm, question), await ReadAsync(other, question));
            if (before != after)
                differ.Add($"{question}\n{Difference(before, after)}");
        }

        Assert.True(differ.Count == 0, string.Join('\n', differ));
    }

    /// <summary>The rows of a SELECT as text.</summary>
    public static async Task<string> ReadAsync(DataLake lake, string sql)
    {
        using var engine = new UserSql(LakeSets.Of(lake), new UserSqlOptions(), TimeProvider.System);
        using var result = await Task.Run(() => engine.Run(sql, default));
        using var text = new MemoryStream();
        CsvResultWriter.Write(result, text);
        var lines = Encoding.UTF8.GetString(text.ToArray()).Split("\r\n");
        return string.Join('\n', lines.Skip(1)).Replace(',', '\t');
    }

    private static IEnumerable<string> Questions(DataLake lake)
    {
        foreach (var table in FactTables.All.Where(table => table.Has("event_id")))
            yield return $"SELECT event_id, payload_hash, event_time FROM {table.Name} ORDER BY ALL";
        foreach (var table in lake.Tables.Select(table => table.Name))
            if (FactTables.All.All(fact => fact.Name != table) && table != "restatements")
                yield return QuestionOf(table);
    }

    // Of partial sums the sums count: how many parts they have, tells how often they were refreshed and folded.
    private static string QuestionOf(string table)
    {
        var model = ModelCatalog.Shipped.Ordered.FirstOrDefault(each => each.Name == table);
        if (model is not { Refresh: ModelRefresh.Additive })
            return $"SELECT * FROM {table} ORDER BY ALL";
        var sums = model.Columns.Select(column => column.Name).Except(model.Grain).ToList();
        return $"SELECT {string.Join(", ", model.Grain.Concat(sums.Select(sum => $"sum({sum}) AS {sum}")))} FROM {table} "
            + $"GROUP BY {string.Join(", ", model.Grain)} HAVING {string.Join(" OR ", sums.Select(sum => $"sum({sum}) <> 0"))} ORDER BY ALL";
    }

    private static string Difference(string before, string after)
    {
        var (left, right) = (before.Split('\n'), after.Split('\n'));
        return $"{left.Length} rows and {right.Length}; only in the one:\n{string.Join('\n', left.Except(right).Take(5))}\nonly in the other:\n{string.Join('\n', right.Except(left).Take(5))}";
    }
}
