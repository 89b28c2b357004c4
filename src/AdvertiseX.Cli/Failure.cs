using AdvertiseX.Contracts;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Models;
using AdvertiseX.Reference;
using AdvertiseX.Server;
using AdvertiseX.Sources;

namespace AdvertiseX.Cli;

/// <summary>What an exception means to the person at the terminal.</summary>
/// <param name="Code">Exit code.</param>
/// <param name="Line">One line, or null when there is nothing to say.</param>
internal readonly record struct Failure(int Code, string? Line)
{
    public static Failure Of(Exception error) =>
        error switch
        {
            OutputClosedException => new(ExitCode.Done, null),
            OperationCanceledException => new(
                ExitCode.Failed,
                "stopped; what was committed stays, and the same command goes on from there"
            ),
            UsageException or ContractException or BadSettingException => new(ExitCode.Usage, OneLine(error.Message)),
            LakeException
            or DeltaException
            or SourceException
            or QueryException
            or ModelException
            or ReferenceException
            or DllNotFoundException
            or IOException
            or UnauthorizedAccessException => new(ExitCode.Failed, OneLine(error.Message)),
            AggregateException { InnerExceptions: [var only] } => Of(only),
            _ => new(
                ExitCode.Failed,
                $"unexpected {error.GetType().Name}: {OneLine(error.Message)} (ADX_DEBUG=1 shows where)"
            ),
        };

    private static string OneLine(string text) =>
        string.Join(
            ' ',
            text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        );
}
