namespace AdvertiseX.Reference;

/// <summary>Reference data that cannot be loaded; nothing of the call was.</summary>
public sealed class ReferenceException : Exception
{
    public ReferenceException(IReadOnlyList<ReferenceProblem> problems)
        : base(string.Join("; ", problems.Take(5)) + (problems.Count > 5 ? $"; and {problems.Count - 5} more" : "")) =>
        Problems = problems;

    public ReferenceException(string message)
        : base(message) => Problems = [];

    /// <summary>The first problems found, at most <see cref="ReferenceLoader.MaxProblems"/>; empty when a file as a
    /// whole is wrong.</summary>
    public IReadOnlyList<ReferenceProblem> Problems { get; }
}
