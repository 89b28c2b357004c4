namespace AdvertiseX.Events;

/// <summary>The codes of <see cref="RejectReason"/> as the lake, the CLI and the docs spell them.</summary>
internal static class RejectReasons
{
    public const int Count = 10;

    private static readonly string[] Codes =
    [
        "unparseable",
        "missing_required_field",
        "bad_type",
        "bad_time",
        "from_the_future",
        "out_of_range",
        "unknown_kind",
        "too_large",
        "damaged_block",
        "conflicting_duplicate",
    ];

    private static readonly byte[][] Utf8Codes = [.. Codes.Select(System.Text.Encoding.UTF8.GetBytes)];

    public static IReadOnlyList<string> All => Codes;

    public static string Code(this RejectReason reason) => Codes[(int)reason];

    public static ReadOnlySpan<byte> Utf8(this RejectReason reason) => Utf8Codes[(int)reason];
}
