namespace AdvertiseX.Registry;

/// <summary>What a change of a registry does.</summary>
internal enum RegistryChangeKind
{
    /// <summary>A schema becomes a version of a subject.</summary>
    Register,

    /// <summary>One version of a subject, or all of them, are deleted.</summary>
    Delete,

    /// <summary>A level is set, or taken back.</summary>
    SetLevel,
}
