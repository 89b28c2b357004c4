namespace AdvertiseX.Deduplication;

/// <summary>A stored row whose key begins like that of a row of a batch.</summary>
/// <param name="Stored">Number of the row in its file.</param>
/// <param name="Row">Row of the batch.</param>
internal readonly record struct PossibleCopy(long Stored, int Row) : IComparable<PossibleCopy>
{
    public int CompareTo(PossibleCopy other) =>
        Stored != other.Stored ? Stored.CompareTo(other.Stored) : Row.CompareTo(other.Row);
}
