namespace AdvertiseX.IntegrationTests.Cli;

/// <summary>How a process ended.</summary>
/// <param name="Code">Exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record AdxResult(int Code, string Output, string Error);
