namespace AdvertiseX.Lake;

/// <summary>How far those who read the changes of tables have got. A table that is not in it has no
/// followers.</summary>
/// <param name="Least">By the table's name, the least version that a follower of it has read.</param>
internal sealed record FollowedVersions(IReadOnlyDictionary<string, long> Least)
{
    /// <summary>Whether every follower of a table has read that version.</summary>
    public bool HaveRead(string table, long version) => Least.GetValueOrDefault(table, long.MaxValue) >= version;
}
