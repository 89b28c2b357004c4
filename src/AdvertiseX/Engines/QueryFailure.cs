namespace AdvertiseX.Engines;

/// <summary>Why a query gave no answer.</summary>
public enum QueryFailure
{
    /// <summary>The SQL does not parse, or names what is not there, or does not fit the types.</summary>
    WrongSql,

    /// <summary>The SQL is fine but a value in the data made it fail (a cast, an overflow).</summary>
    BadValue,

    /// <summary>The statement does what is not allowed here: it writes, reads other files, or changes
    /// settings.</summary>
    NotAllowed,

    /// <summary>The memory limit was met, or the spill folder's.</summary>
    OutOfMemory,

    /// <summary>The time limit was met.</summary>
    TimedOut,

    /// <summary>A file is not there, or no longer.</summary>
    FileGone,

    /// <summary>Anything else: a file that cannot be read or written, a fault of the engine.</summary>
    Failed,
}
