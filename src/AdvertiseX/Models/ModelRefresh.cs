namespace AdvertiseX.Models;

/// <summary>How a model follows its inputs.</summary>
internal enum ModelRefresh
{
    /// <summary>Not stored: its SELECT stands inside those of the models that name it.</summary>
    Inline,

    /// <summary>
    /// Not stored: evaluated into temporary files before the models that name it, for the rows that are due in them.
    /// Small results of large inputs, so that an engine knows their size and builds its hash tables on them.
    /// </summary>
    Temporary,

    /// <summary>Sums over facts: evaluated over newly added files, its rows appended as partial sums.</summary>
    Additive,

    /// <summary>One or more rows for each row of one input: only rows that a change touches are computed
    /// anew.</summary>
    Keyed,

    /// <summary>Small: computed whole.</summary>
    Replace,
}
