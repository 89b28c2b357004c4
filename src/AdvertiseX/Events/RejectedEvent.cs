namespace AdvertiseX.Events;

/// <summary>A record that was not accepted: a value, not an exception. The spans are copied when it is kept.</summary>
internal readonly ref struct RejectedEvent
{
    public required RejectReason Reason { get; init; }

    /// <summary>Offset of the record (or its block) in the stream.</summary>
    public required long Offset { get; init; }

    public int Ordinal { get; init; }

    /// <summary>Length in bytes of the record in the stream; <see cref="Raw"/> may hold fewer.</summary>
    public required long Length { get; init; }

    /// <summary>The record as it came.</summary>
    public ReadOnlySpan<byte> Raw { get; init; }

    /// <summary>The canonical column or source field at fault; empty when the whole record is.</summary>
    public ReadOnlySpan<byte> Field { get; init; }

    /// <summary>What would have been right.</summary>
    public ReadOnlySpan<byte> Expected { get; init; }

    /// <summary>What stood there.</summary>
    public ReadOnlySpan<byte> Found { get; init; }
}
