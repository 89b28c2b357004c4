namespace AdvertiseX.Cli.Text;

/// <summary>Finds the name that someone who mistyped one may have meant.</summary>
internal static class NearestName
{
    /// <summary>The known name with the fewest changes of a character, or null when none is near: a third of the name
    /// may differ.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var nearest = known
            .Select(candidate => (Name: candidate, Changes: Changes(name, candidate)))
            .MinBy(candidate => candidate.Changes);
        return nearest.Name is not null && nearest.Changes <= Math.Max(1, name.Length / 3) ? nearest.Name : null;
    }

    /// <summary>Characters to insert, delete or replace to make one text of the other (Levenshtein distance).</summary>
    public static int Changes(string one, string other)
    {
        int[] above = [.. Enumerable.Range(0, other.Length + 1)];
        for (var i = 0; i < one.Length; i++)
        {
            var row = new int[other.Length + 1];
            row[0] = i + 1;
            for (var j = 0; j < other.Length; j++)
                row[j + 1] = Math.Min(Math.Min(row[j], above[j + 1]) + 1, above[j] + (one[i] == other[j] ? 0 : 1));
            above = row;
        }

        return above[^1];
    }
}
