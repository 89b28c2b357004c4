namespace AdvertiseX.Registry;

/// <summary>A version of a subject.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="Version">From 1 on.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="IsDeleted">Deleted, but not for good: found by those who ask for deleted versions, and by the id of its
/// schema.</param>
internal sealed record SubjectVersion(string Subject, int Version, RegisteredSchema Schema, bool IsDeleted);
