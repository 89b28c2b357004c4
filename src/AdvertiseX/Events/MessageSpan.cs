namespace AdvertiseX.Events;

/// <summary>Where one message lies in its block.</summary>
/// <param name="Offset">Its position in the stream.</param>
/// <param name="Start">Offset in the block, bytes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Format">What its source knows of its format.</param>
internal readonly record struct MessageSpan(
    long Offset,
    int Start,
    int Length,
    MessageFormat Format = MessageFormat.None
);
