using Xunit.Runner.Common;
using Xunit.Sdk;

[assembly: RegisterRunnerReporter(typeof(AdvertiseX.Tests.ProgressReporter))]

namespace AdvertiseX.Tests;

/// <summary>
/// The reporter of <c>build.sh</c>. Failures go to standard output at once and in full, the reasons of skipped tests at
/// the end with their counts, and progress to standard error: one line written over and over on a terminal, else a line
/// every ten seconds.
/// </summary>
public sealed class ProgressReporter : IRunnerReporter
{
    public bool CanBeEnvironmentallyEnabled => false;

    public string Description => "show progress, failures, and skipped tests by reason";

    public bool ForceNoLogo => true;

    public bool IsEnvironmentallyEnabled => false;

    public string RunnerSwitch => "progress";

    public ValueTask<IRunnerReporterMessageHandler> CreateMessageHandler(
        IRunnerLogger logger,
        IMessageSink? diagnosticMessageSink
    ) => ValueTask.FromResult<IRunnerReporterMessageHandler>(new ProgressReporterMessageHandler(logger));
}
