using AdvertiseX.Cli;

using var terminal = Terminal.OfProcess();
using var stop = new StopSignals(terminal);
return await CommandLine.RunAsync(args, terminal, stop.Token);
