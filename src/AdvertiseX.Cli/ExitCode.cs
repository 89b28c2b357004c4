namespace AdvertiseX.Cli;

/// <summary>What the process tells its caller; documented in docs/operations.md, and never changed.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>It could not be done, or was stopped; a check found something wrong.</summary>
    public const int Failed = 1;

    /// <summary>The command line, a contract or the configuration is wrong in itself; nothing was begun.</summary>
    public const int Usage = 2;

    /// <summary>Done, but with more rejects than --max-rejects allows.</summary>
    public const int TooManyRejects = 3;
}
