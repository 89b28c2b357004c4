namespace AdvertiseX.Validation;

/// <summary>What <see cref="TimeParser"/> found.</summary>
internal enum TimeVerdict
{
    Ok,

    /// <summary>Not a time in a form that the contract knows.</summary>
    NotATime,

    /// <summary>A local time that its zone skips (the hour lost when summer time begins).</summary>
    SkippedByZone,
}
