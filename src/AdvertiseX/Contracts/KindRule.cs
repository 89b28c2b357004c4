namespace AdvertiseX.Contracts;

/// <summary>
/// How the value of the field <c>kind</c> tells clicks, conversions and adjustments apart. Values are compared as
/// <see cref="KindNames.Plain"/> writes them: without case, spaces, dashes, underscores and one final s.
/// </summary>
internal sealed record KindRule
{
    /// <summary>Values that mean a click.</summary>
    public IReadOnlyList<string> Click { get; init; } = [];

    /// <summary>Values that mean none of these and are rejected as unknown kind; absent ones always are.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>The conversion types allowed; empty = any value that is neither click nor unknown. Kinds of adjustment
    /// need no place here.</summary>
    public IReadOnlyList<string> ConversionTypes { get; init; } = [];

    /// <summary>Values that mean that a conversion was taken back, in whole or in part.</summary>
    public IReadOnlyList<string> Adjustment { get; init; } =
    [
        "refund",
        "refunded",
        "order_refunded",
        "return",
        "returned",
        "chargeback",
        "cancelled",
        "canceled",
        "cancellation",
        "void",
        "voided",
        "retraction",
    ];
}
