namespace AdvertiseX.Ingestion;

/// <summary>What a file is, beside what the ledger knows of its path.</summary>
internal enum FileChange
{
    /// <summary>The path was never read.</summary>
    New,

    /// <summary>All of it was read; nothing to do.</summary>
    Unchanged,

    /// <summary>What was read is still there, and more follows (or its unterminated last record changed).</summary>
    Grown,

    /// <summary>Another file under the same name: a new stream, read whole.</summary>
    Replaced,
}
