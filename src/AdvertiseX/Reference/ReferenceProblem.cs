namespace AdvertiseX.Reference;

/// <summary>What is wrong with one value of a reference file.</summary>
/// <param name="File">The file.</param>
/// <param name="Row">Number of the record, 1 for the first; 0 for the header.</param>
/// <param name="Column">The column's name in the tables, or null when the whole record is meant.</param>
/// <param name="Found">What stands there.</param>
/// <param name="Expected">What may stand there.</param>
public sealed record ReferenceProblem(string File, long Row, string? Column, string? Found, string Expected)
{
    public override string ToString() =>
        $"{File}, {(Row == 0 ? "the header" : $"row {Row}")}{(Column is null ? "" : $", {Column}")}: {(Found is null ? "" : $"'{Found}', ")}expected {Expected}";
}
