using System.Text.RegularExpressions;

namespace AdvertiseX.Models;

/// <summary>The checks that a header can name, as SELECTs that count what offends them.</summary>
internal static partial class ModelCheckText
{
    public static ModelCheck? Parse(string text)
    {
        if (NotNull().Match(text) is { Success: true } columns)
        {
            var any = string.Join(" or ", Columns(columns).Select(column => $"{column} is null"));
            return ModelCheck.OfRows(text, any);
        }

        if (Unique().Match(text) is { Success: true } grain)
        {
            var list = string.Join(", ", Columns(grain));
            return new ModelCheck(
                text,
                $"select count(*) from (select {list} from written group by {list} having count(*) > 1) as repeated"
            );
        }

        if (None().Match(text) is { Success: true } condition)
            return ModelCheck.OfRows(text, condition.Groups["condition"].Value);

        if (Sum().Match(text) is { Success: true } sum)
        {
            var (by, value) = (sum.Groups["by"].Value, sum.Groups["value"].Value);
            // A column is the same in all rows of a group.
            var total = char.IsAsciiLetter(value[0]) ? $"max({value})" : value;
            var where = sum.Groups["where"] is { Success: true } rows ? $" where {rows.Value}" : "";
            var any = string.Join(" or ", Columns(sum).Select(column => $"sum({column}) <> {total}"));
            return new ModelCheck(
                text,
                $"select count(*) from (select {by} from written{where} group by {by} having {any}) as wrong"
            );
        }

        return null;
    }

    private static string[] Columns(Match match) =>
        match
            .Groups["columns"]
            .Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"^not_null\((?<columns>[a-z0-9_, ]+)\)$", RegexOptions.ExplicitCapture)]
    private static partial Regex NotNull();

    [GeneratedRegex(@"^unique\((?<columns>[a-z0-9_, ]+)\)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Unique();

    [GeneratedRegex(@"^none\((?<condition>.+)\)$", RegexOptions.ExplicitCapture)]
    private static partial Regex None();

    [GeneratedRegex(
        @"^sum\((?<columns>[a-z0-9_, ]+)\) by (?<by>[a-z0-9_, ]+) = (?<value>-?\d+|[a-z0-9_]+)( where (?<where>.+))?$",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Sum();
}
