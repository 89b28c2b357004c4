namespace AdvertiseX.Contracts;

/// <summary>Why a draft maps a field.</summary>
internal enum DraftBasis
{
    /// <summary>The shipped contract knows the spelling.</summary>
    Spelled,

    /// <summary>The spelling differs in case, separators or nesting only.</summary>
    Similar,

    /// <summary>Words in the name and the values' shape suggest it; to be checked by a person.</summary>
    Guessed,
}
