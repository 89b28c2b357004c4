namespace AdvertiseX.Cli.Query;

/// <summary>Which tables a statement names.</summary>
internal static class NamedTables
{
    /// <summary>Those of the tables whose names stand in the statement, outside of its texts and comments. A column or
    /// alias of the same name counts too.</summary>
    public static IReadOnlyList<string> In(string sql, IEnumerable<string> tables)
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var at = 0; at < sql.Length; )
        {
            var rest = sql.AsSpan(at);
            var length = LengthOf(rest);
            if (rest[0] == '"' || IsLetter(rest[0]))
                words.Add(rest[..length].Trim('"').ToString());
            at += length;
        }

        return [.. tables.Where(words.Contains)];
    }

    /// <summary>Length of the word, text or comment at the start; 1 for any other character.</summary>
    private static int LengthOf(ReadOnlySpan<char> sql)
    {
        if (sql[0] is '\'' or '"')
            return Through(sql, 1, sql[..1]);
        if (sql.StartsWith("--"))
            return Through(sql, 2, "\n");
        if (sql.StartsWith("/*"))
            return Through(sql, 2, "*/");
        if (!IsLetter(sql[0]))
            return 1;
        var length = 1;
        while (length < sql.Length && (IsLetter(sql[length]) || char.IsDigit(sql[length])))
            length++;
        return length;
    }

    /// <summary>Length up to and with the next closing mark, or to the statement's end.</summary>
    private static int Through(ReadOnlySpan<char> sql, int opening, ReadOnlySpan<char> closing)
    {
        var end = sql[opening..].IndexOf(closing);
        return end < 0 ? sql.Length : opening + end + closing.Length;
    }

    private static bool IsLetter(char character) => char.IsLetter(character) || character == '_';
}
