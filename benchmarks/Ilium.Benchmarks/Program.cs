using BenchmarkDotNet.Running;

// All: dotnet run -c Release --project benchmarks/Ilium.Benchmarks -- --filter '*'
// Whether they work, in a minute: the same with --job Dry.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
