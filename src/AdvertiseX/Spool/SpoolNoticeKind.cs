namespace AdvertiseX.Spool;

/// <summary>Kinds of <see cref="SpoolNotice"/>; programs see the name in snake case.</summary>
internal enum SpoolNoticeKind
{
    /// <summary>The end of a file was written in part when the process ended, and was cut off; nothing of it had been
    /// acknowledged.</summary>
    SpoolCut,

    /// <summary>An alarm: deliveries were damaged on the disk; what is left of them becomes rejects.</summary>
    SpoolDamaged,

    /// <summary>Nothing can be kept now.</summary>
    SpoolRefuses,

    /// <summary>Deliveries are kept again.</summary>
    SpoolKeeps,

    /// <summary>Keys were forgotten before their time.</summary>
    KeysForgotten,

    /// <summary>Something that brings deliveries into the lake failed and is tried again.</summary>
    Outage,

    /// <summary>What failed works again.</summary>
    Recovered,
}
