namespace AdvertiseX.Engines;

/// <summary>A statement of a user that was found to read only.</summary>
internal readonly record struct UserStatement(string Sql, bool IsExplain);
