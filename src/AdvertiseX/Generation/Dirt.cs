namespace AdvertiseX.Generation;

/// <summary>What is wrong with a line.</summary>
internal enum DirtKind : byte
{
    None,
    ExactDuplicate,
    Conflicting,
    Late,
    Broken,
    MissingField,
    BadTime,
    Future,
    OutOfRange,
    BadType,
    UnknownKind,
}

/// <summary>Draws the dirt of each line from a stream of numbers of its own, so that the clean events stay the same.</summary>
internal sealed class DirtDraw
{
    private const int Scale = 100_000_000;
    private readonly DeterministicRandom _random;
    private readonly int[] _limits;

    public DirtDraw(DirtRates rates, ulong seed)
    {
        _random = new DeterministicRandom(seed);
        double[] inOrder =
        [
            rates.ExactDuplicate, rates.ConflictingDuplicate, rates.Late, rates.Broken, rates.MissingField,
            rates.BadTime, rates.Future, rates.OutOfRange, rates.BadType, rates.UnknownKind,
        ];
        _limits = new int[inOrder.Length];
        var sum = 0;
        for (var i = 0; i < inOrder.Length; i++)
            _limits[i] = sum += (int)(inOrder[i] * Scale);
    }

    public DirtKind Next()
    {
        var draw = _random.Below(Scale);
        if (draw >= _limits[^1])
            return DirtKind.None;
        var index = 0;
        while (draw >= _limits[index])
            index++;
        return (DirtKind)(index + 1);
    }
}

/// <summary>The closed set of codes for rejected lines.</summary>
internal static class RejectCodes
{
    public const string Unparseable = "unparseable";
    public const string MissingRequiredField = "missing_required_field";
    public const string BadType = "bad_type";
    public const string BadTime = "bad_time";
    public const string FromTheFuture = "from_the_future";
    public const string OutOfRange = "out_of_range";
    public const string UnknownKind = "unknown_kind";
    public const string DamagedBlock = "damaged_block";
    public const string ConflictingDuplicate = "conflicting_duplicate";

    public static string Of(DirtKind dirt) => dirt switch
    {
        DirtKind.Broken => Unparseable,
        DirtKind.MissingField => MissingRequiredField,
        DirtKind.BadTime => BadTime,
        DirtKind.Future => FromTheFuture,
        DirtKind.OutOfRange => OutOfRange,
        DirtKind.BadType => BadType,
        DirtKind.UnknownKind => UnknownKind,
        DirtKind.Conflicting => ConflictingDuplicate,
        _ => "",
    };
}
