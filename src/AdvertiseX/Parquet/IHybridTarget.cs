namespace AdvertiseX.Parquet;

/// <summary>Takes the values of the runs of <see cref="RleHybrid"/>. Implemented by structs, so that the walk over the
/// runs is compiled for each.</summary>
internal unsafe interface IHybridTarget
{
    /// <summary>Whether the last run may be longer than the values that are wanted, or its last group cut behind
    /// them.</summary>
    static abstract bool TakesLonger { get; }

    /// <summary>Sets values to one and the same; false when it is not a value.</summary>
    /// <param name="value">The value's bytes.</param>
    /// <param name="at">Index of the first.</param>
    /// <param name="count">How many.</param>
    bool Repeat(byte* value, int at, int count);

    /// <summary>Sets values from groups of 8.</summary>
    /// <param name="packed">The groups.</param>
    /// <param name="at">Index of the first value.</param>
    /// <param name="groups">How many.</param>
    /// <param name="left">Values that are wanted from the first on; those after them are padding.</param>
    void Unpack(byte* packed, int at, int groups, int left);
}
